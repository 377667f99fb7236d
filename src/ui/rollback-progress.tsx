import type { ReactElement } from 'react';
import { useRollback } from '../react/index.ts';
import { ProgressView } from './progress-view.tsx';

/** How far the run of the client is, and a way to cancel it. */
export function RollbackProgress(): ReactElement {
  const status = useRollback();
  return <ProgressView status={status} onCancel={() => void status.actions.cancel()} />;
}
