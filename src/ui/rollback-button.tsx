import { type ReactElement, type ReactNode, useState } from 'react';
import type { RollbackReason } from '../index.ts';
import { type Fault, useBackpedal, useRollback } from '../react/index.ts';
import { rollBackAsConfirmed } from './confirmed-rollback.ts';
import { Button } from './parts/button.tsx';
import { type Confirmation, RollbackDialogView } from './rollback-dialog-view.tsx';
import { useUi } from './ui-provider.tsx';

/** What `RollbackDialog` is given. */
export interface RollbackDialogProps {
  readonly onClose: () => void;
  /** Default `USER_REQUEST`. */
  readonly reason?: RollbackReason;
  /** Kept in the audit trail. */
  readonly detail?: string;
}

/** The dialog of a rollback, on the client: `actions.check` has to have been called. Confirming begins the rollback. */
export function RollbackDialog({ onClose, reason = 'USER_REQUEST', detail }: RollbackDialogProps): ReactElement {
  const client = useBackpedal();
  const { plan, readiness, isChecking, error, actions } = useRollback();
  const refused: Fault | undefined =
    readiness?.canRollback === false
      ? { code: readiness.code ?? 'NOT_MIGRATED', message: readiness.reason ?? '' }
      : error;
  const confirm = (confirmation: Confirmation): void => {
    onClose();
    const request = { reason, ...(detail === undefined ? {} : { detail }) };
    void rollBackAsConfirmed(client, actions, request, confirmation);
  };
  return (
    <RollbackDialogView
      plan={plan}
      fault={isChecking || plan !== undefined ? undefined : refused}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}

/** A button that looks what a rollback would do, shows it, and begins it once it is confirmed. */
export function RollbackButton({
  children,
  ...request
}: Omit<RollbackDialogProps, 'onClose'> & { readonly children?: ReactNode }): ReactElement {
  const { messages } = useUi();
  const { check } = useRollback(({ actions }) => actions);
  const isPending = useRollback((snapshot) => snapshot.isPending);
  const [isOpen, setOpen] = useState(false);
  const open = (): void => {
    void check();
    setOpen(true);
  };
  return (
    <>
      <Button off={isPending} onPress={open}>
        {children ?? messages.rollBack}
      </Button>
      {isOpen && <RollbackDialog {...request} onClose={() => setOpen(false)} />}
    </>
  );
}
