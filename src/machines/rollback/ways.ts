import type { RollbackAction } from './actions.ts';
import type { RollbackCommand } from './types.ts';

/** The guards that decide among these ways. */
type WayGuard =
  | 'hasPrepared'
  | 'withdraws'
  | 'withdrawsAfterPreparing'
  | 'endsRolledBack'
  | 'endsUnchanged'
  | 'canReclaim';

/** A transition that several states have. */
export interface Way {
  readonly target: string;
  readonly guard?: WayGuard;
  readonly actions: readonly RollbackAction[];
}

/** The entry action that asks for a command. */
export interface Run {
  readonly type: 'run';
  readonly params: { readonly command: RollbackCommand };
}

/** Has the runtime carry out a command once the record that announces it is durable. */
export const run = (command: RollbackCommand): Run => ({ type: 'run', params: { command } });

/** Nothing has been changed, so the lease is given back and that is all. */
export const letGo: Way = { target: '#rollback.finishing.releasing', actions: ['noteFailure', 'endUnchanged'] };
/** The rows are put back. */
export const undoClear: Way = { target: '#rollback.compensating.undoingClear', actions: ['noteFailure'] };
/** Storage gets back what it held, and then the rows are put back. */
export const undoRestore: Way = { target: '#rollback.compensating.undoingRestore', actions: ['noteFailure'] };
/** What has been changed so far is undone: an earlier burst may have been written. */
export const undo: readonly Way[] = [{ ...undoRestore, guard: 'hasPrepared' }, undoClear];
/** The same, for a run that is taken up only to be withdrawn. */
export const withdraw: readonly Way[] = [
  { ...undoRestore, guard: 'withdrawsAfterPreparing', actions: ['noteResumed', 'noteFailure'] },
  { ...undoClear, guard: 'withdraws', actions: ['noteResumed', 'noteFailure'] },
];
/** Neither forwards nor backwards. */
export const lockDown: Way = {
  target: '#rollback.finishing.lockingDown',
  actions: ['noteFailure', 'endInSafeMode'],
};

/** The end that the outcome names. */
export const ends = (actions: Way['actions']): readonly Way[] => [
  { target: '#rollback.rolledBack', guard: 'endsRolledBack', actions },
  { target: '#rollback.unchanged', guard: 'endsUnchanged', actions },
  { target: '#rollback.safeMode', actions },
];

/** A lease that was lost before anything changed is asked for again; afterwards it is taken back. */
export const lockAgain: readonly Way[] = [
  { target: '#rollback.preparing.locking', guard: 'canReclaim', actions: ['countReclaim'] },
  letGo,
];
/** A lease that was lost after the rows were moved is taken back. */
export const reclaim: readonly Way[] = [
  { target: '#rollback.executing.reclaiming', guard: 'canReclaim', actions: ['countReclaim'] },
  lockDown,
];
