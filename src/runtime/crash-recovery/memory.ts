import type { ResumeIntent } from '../../machines/rollback/types.ts';
import type { Ledger } from '../execution/ledger.ts';
import type { ExecutionEnd } from '../execution/types.ts';
import type { History, RunHistory } from '../history.ts';
import type { Session } from '../session.ts';

/** What a start knows while it recovers; everything in it can be found again. */
export interface CrashMemory {
  readonly session: Session;
  /** The journal as it was read; `null` when it cannot be. */
  history: History | null;
  /** Where the records of this recovery go, and those of the runs within it. */
  ledger: Ledger | null;
  /** What was thrown last, for the caller. */
  error: unknown;
  /** The run that holds the lease, as far as the database was asked. */
  holder: string | null;
  /** Whether the database was asked about runs that the journal does not know. */
  database: 'asked' | 'unreachable';
  /** Goes on with an open run, behind the records of `ledger` if this recovery has written any. */
  readonly goOnWith: (run: RunHistory, intent: ResumeIntent, ledger: Ledger | null) => Promise<ExecutionEnd>;
}
