import { type ReactElement, type ReactNode, useState } from 'react';
import { useRollback } from '../react/index.ts';
import { RollbackButton } from './rollback-button.tsx';
import { RollbackOutcome } from './rollback-outcome.tsx';
import { RollbackScreenView } from './rollback-screen-view.tsx';
import { SafeMode } from './safe-mode.tsx';

/** What `RollbackScreen` is given. */
export interface RollbackScreenProps {
  /** What is shown when nothing is being done. Default: the button that begins a rollback. */
  readonly children?: ReactNode;
  /** Whether unlocking is offered in safe mode. Default: hidden. */
  readonly unlock?: 'offered' | 'hidden';
}

/** Everything of a rollback in one place: button, progress, questions, safe mode, result. */
export function RollbackScreen({
  children = <RollbackButton />,
  unlock = 'hidden',
}: RollbackScreenProps): ReactElement {
  const status = useRollback();
  const { actions, runId, error, question } = status;
  const [dismissed, setDismissed] = useState<string | null>(null);
  const dismiss = (): void => {
    setDismissed(runId);
    actions.dismiss();
  };
  const isDismissed = dismissed !== null && dismissed === runId;
  return (
    <RollbackScreenView
      status={status}
      onDecide={(decision) => void actions.decide(decision)}
      onCancel={() => void actions.cancel()}
      fault={question === null ? undefined : error}
      ready={children}
      safeMode={<SafeMode unlock={unlock} />}
      result={isDismissed ? children : <RollbackOutcome onDone={dismiss} />}
    />
  );
}
