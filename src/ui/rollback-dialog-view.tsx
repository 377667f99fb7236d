import { type FormEvent, type ReactElement, useState } from 'react';
import type { RollbackPlan } from '../index.ts';
import { optionsOf } from './choices.ts';
import type { QuestionOf } from './messages.ts';
import { Button } from './parts/button.tsx';
import { type Answer, ChoiceField, isComplete, NO_ANSWER, TypedWord } from './parts/choice-field.tsx';
import { Dialog } from './parts/dialog.tsx';
import { FaultNotice } from './parts/notice.tsx';
import { hasDrifted, PlanView, plannedChoice } from './plan-view.tsx';
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
  readonly fault?: { readonly code: string; readonly message: string } | undefined;
  readonly onConfirm: (confirmation: Confirmation) => void;
  readonly onClose: () => void;
}

const questionFrom = ({ drift }: RollbackPlan): QuestionOf<'drift'> => ({
  question: 'drift',
  choices: ['merge', 'discard'],
  driftDigest: drift.digest,
  drift,
});

/** What the person has to say about the drift before the rollback may begin. */
function DriftField({
  plan,
  answer,
  onAnswer,
}: {
  readonly plan: RollbackPlan;
  readonly answer: Answer;
  readonly onAnswer: (answer: Answer) => void;
}): ReactElement | null {
  const { messages, formats } = useUi();
  const planned = plannedChoice(plan);
  const { word } = messages.choices.discard;
  if (!plan.possible || !hasDrifted(plan) || planned === 'merge') return null;
  if (planned === null) {
    const options = optionsOf(questionFrom(plan), messages, formats);
    return <ChoiceField legend={messages.driftLegend} options={options} answer={answer} onAnswer={onAnswer} />;
  }
  const onTyped = (typed: string): void => onAnswer({ choice: planned, typed });
  return word === null ? null : <TypedWord word={word} typed={answer.typed} onTyped={onTyped} />;
}

/** What the dialog shows above its buttons. */
function Content({ plan, fault, answer, onAnswer }: ContentProps): ReactElement {
  const { messages } = useUi();
  if (fault !== undefined) return <FaultNotice fault={fault} />;
  if (plan === undefined)
    return (
      <p role="status" className="bp-looking">
        {messages.planLooking}
      </p>
    );
  return (
    <>
      <PlanView plan={plan} choice={answer.choice as Confirmation['choice']} />
      <DriftField plan={plan} answer={answer} onAnswer={onAnswer} />
    </>
  );
}

type ContentProps = Pick<RollbackDialogViewProps, 'plan' | 'fault'> & {
  readonly answer: Answer;
  readonly onAnswer: (answer: Answer) => void;
};

/**
 * A dialog with what a rollback would do, before it does it. Cancelling has the focus; where people have changed
 * something they choose what becomes of it, and leaving it out has to be typed. Render it to open it.
 */
export function RollbackDialogView({ plan, fault, onConfirm, onClose }: RollbackDialogViewProps): ReactElement {
  const { messages, formats } = useUi();
  const [given, setGiven] = useState({ to: '', answer: NO_ANSWER });
  const digest = plan?.drift.digest ?? '';
  const drifted = plan !== undefined && hasDrifted(plan);
  // An answer is to what was seen: other drift is asked about again.
  const blank = plan === undefined ? NO_ANSWER : { ...NO_ANSWER, choice: plannedChoice(plan) };
  const answer = given.to === digest ? given.answer : blank;
  const isPossible = plan?.possible === true && fault === undefined;
  const isReady = isPossible && (!drifted || isComplete(answer, optionsOf(questionFrom(plan), messages, formats)));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) onConfirm({ choice: drifted ? (answer.choice as Confirmation['choice']) : null, driftDigest: digest });
  };
  return (
    <Dialog title={messages.planTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <Content plan={plan} fault={fault} answer={answer} onAnswer={(next) => setGiven({ to: digest, answer: next })} />
        <div className="bp-actions">
          <Button isFirst onPress={onClose}>
            {messages.cancel}
          </Button>
          {isPossible && (
            <Button type="submit" kind="danger" state={isReady ? 'ready' : 'off'}>
              {messages.planConfirm}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
