import { type ReactElement, useState } from 'react';
import type { RollbackPlan } from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { QuestionOf } from './messages.ts';
import { Actions, Button } from './parts/button.tsx';
import { ChoiceField, isTyped, NO_ANSWER } from './parts/choice-field.tsx';
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

/** Whether it is the backup that is at fault, so that a rollback looks for another copy. A foreign one is none of ours. */
const isOfBackup = ({ code }: Fault): boolean => code.startsWith('BACKUP_') && !code.startsWith('BACKUP_FOREIGN_');

/** What becomes of the drift by the definition is all that can be chosen; otherwise either. */
function questionFrom(plan: RollbackPlan): QuestionOf<'drift'> {
  const { drift } = plan;
  const planned = plannedChoice(plan);
  return { question: 'drift', choices: planned ? [planned] : ['merge', 'discard'], driftDigest: drift.digest, drift };
}

/**
 * A dialog with what a rollback would do, before it does it. Cancelling has the focus; where people have changed
 * something they choose what becomes of it, and leaving it out has to be typed. Where the backup cannot be used, another
 * copy can be looked for. Render it to open it.
 */
export function RollbackDialogView({ plan, fault, onConfirm, onClose }: RollbackDialogViewProps): ReactElement {
  const { messages } = useUi();
  const mayBeElsewhere = fault !== undefined && isOfBackup(fault);
  const [given, setGiven] = useState({ to: '', answer: NO_ANSWER });
  const shown = fault === undefined ? plan : undefined;
  const driftDigest = shown?.drift.digest ?? '';
  const hasDrift = shown !== undefined && driftTotal(shown.drift) > 0;
  // An answer is to what was seen: other drift is asked about again.
  const answer = given.to === driftDigest ? given.answer : { choice: shown ? plannedChoice(shown) : null, typed: '' };
  const choice = hasDrift ? (answer.choice as Confirmation['choice']) : null;
  const isReady =
    mayBeElsewhere ||
    (shown?.possible === true &&
      (!hasDrift || (choice !== null && isTyped(messages.choices[choice].word, answer.typed))));
  return (
    <Dialog title={messages.planTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onConfirm({ choice, driftDigest });
        }}
      >
        <FaultNotice fault={fault} />
        {mayBeElsewhere && <p>{messages.otherCopies}</p>}
        {plan === undefined && fault === undefined && <p role="status">{messages.planLooking}</p>}
        {shown && <PlanView plan={shown} choice={choice} />}
        {shown?.possible && hasDrift && (
          <ChoiceField
            question={questionFrom(shown)}
            legend={messages.driftLegend}
            answer={answer}
            onAnswer={(next) => setGiven({ to: driftDigest, answer: next })}
          />
        )}
        <Actions>
          <Button onPress={onClose}>{messages.cancel}</Button>
          {mayBeElsewhere && <Button kind="danger">{messages.lookForCopy}</Button>}
          {shown?.possible && (
            <Button kind="danger" off={!isReady}>
              {messages.planConfirm}
            </Button>
          )}
        </Actions>
      </form>
    </Dialog>
  );
}
