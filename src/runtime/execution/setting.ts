import type { World } from '../world.ts';
import type { Ledger } from './ledger.ts';
import type { ExecutionView } from './types.ts';

/** What an execution works with. */
export interface ExecutionSetting {
  readonly world: World;
  readonly ledger: Ledger;
  readonly parent: string | null;
  /** The number of items, for limits of time. */
  readonly items: () => number;
  /** Called after every record and at every tick. */
  readonly changed: (view: ExecutionView) => void;
  /** Takes the local lock for work if it is to be had, and gives it back while a person is waited for. */
  readonly hold: (mode: 'working' | 'waiting') => Promise<void>;
  /** Whether somebody else has written beyond this record. */
  readonly hasMovedOn: (seq: number) => Promise<boolean>;
  /** Aborted when the client is closed: what works is finished, what waits for a person is left open. */
  readonly closing: AbortSignal;
}
