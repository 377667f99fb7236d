import { type ReactElement, useState } from 'react';
import type { RollbackPlan } from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { QuestionOf } from './messages.ts';
import { Actions, Button } from './parts/button.tsx';
import { type Answer, ChoiceField, isTyped, NO_ANSWER, TypedWord } from './parts/choice-field.tsx';
import { Dialog } from './parts/dialog.tsx';
import { FaultNotice } from './parts/notice.tsx';
import { driftTotal, PlanView, plannedChoice } from './plan-view.tsx';
import { useUi } from './ui-provider.tsx';

/** What becomes of the drift that the person saw; `null` where there is none. */
export interface Confirmation {
  readonly choice: 'merge' | 'discard' | null;
  /** The drift that was shown, whose digest a decision may quote. */
  readonly driftDigest: string;
}

/** See `RollbackDialogView`. */
export interface RollbackDialogViewProps {
  /** `undefined` while it is being looked. */
  readonly plan: RollbackPlan | undefined;
  /** Why there is no plan. */
  readonly fault?: Fault | undefined;
  readonly onConfirm: (confirmation: Confirmation) => void;
  readonly onClose: () => void;
}

const questionFrom = ({ drift }: RollbackPlan): QuestionOf<'drift'> => ({
  question: 'drift',
  choices: ['merge', 'discard'],
  driftDigest: drift.digest,
  drift,
});

/** The plan, and what the person has to say about the drift before the rollback may begin. */
function PlanAndChoice({
  plan,
  answer,
  onAnswer,
}: {
  readonly plan: RollbackPlan;
  readonly answer: Answer;
  readonly onAnswer: (answer: Answer) => void;
}): ReactElement {
  const { messages } = useUi();
  const { word } = messages.choices.discard;
  const planned = plannedChoice(plan);
  const isAsked = plan.possible && driftTotal(plan.drift) > 0;
  return (
    <>
      <PlanView plan={plan} choice={answer.choice as Confirmation['choice']} />
      {isAsked && planned === null && (
        <ChoiceField question={questionFrom(plan)} legend={messages.driftLegend} answer={answer} onAnswer={onAnswer} />
      )}
      {isAsked && planned === 'discard' && word !== null && (
        <TypedWord word={word} typed={answer.typed} onTyped={(typed) => onAnswer({ choice: planned, typed })} />
      )}
    </>
  );
}

/**
 * A dialog with what a rollback would do, before it does it. Cancelling has the focus; where people have changed
 * something they choose what becomes of it, and leaving it out has to be typed. Render it to open it.
 */
export function RollbackDialogView({ plan, fault, onConfirm, onClose }: RollbackDialogViewProps): ReactElement {
  const { messages } = useUi();
  const [given, setGiven] = useState({ to: '', answer: NO_ANSWER });
  const driftDigest = plan?.drift.digest ?? '';
  // An answer is to what was seen: other drift is asked about again.
  const answer = given.to === driftDigest ? given.answer : { choice: plan ? plannedChoice(plan) : null, typed: '' };
  const choice = plan !== undefined && driftTotal(plan.drift) > 0 ? (answer.choice as Confirmation['choice']) : null;
  const isPossible = plan?.possible === true && fault === undefined;
  const isAnswered =
    plan !== undefined &&
    (driftTotal(plan.drift) === 0 || (choice !== null && isTyped(messages.choices[choice].word, answer.typed)));
  return (
    <Dialog title={messages.planTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isPossible && isAnswered) onConfirm({ choice, driftDigest });
        }}
      >
        <FaultNotice fault={fault} />
        {plan === undefined && fault === undefined && <p role="status">{messages.planLooking}</p>}
        {plan !== undefined && fault === undefined && (
          <PlanAndChoice plan={plan} answer={answer} onAnswer={(next) => setGiven({ to: driftDigest, answer: next })} />
        )}
        <Actions>
          <Button onPress={onClose}>{messages.cancel}</Button>
          {isPossible && (
            <Button kind="danger" off={!isAnswered}>
              {messages.planConfirm}
            </Button>
          )}
        </Actions>
      </form>
    </Dialog>
  );
}
