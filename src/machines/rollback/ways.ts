import type { RollbackCommand } from './types.ts';

/** Has the runtime carry out a command once the record that announces it is durable. */
export const run = (command: RollbackCommand) => ({ type: 'run', params: { command } }) as const;

/** Nothing has been changed, so the lease is given back and that is all. */
export const letGo = { target: '#rollback.finishing.releasing', actions: ['noteFailure', 'endUnchanged'] } as const;
/** The rows are put back. */
export const undoClear = { target: '#rollback.compensating.undoingClear', actions: 'noteFailure' } as const;
/** Storage gets back what it held, and then the rows are put back. */
export const undoRestore = { target: '#rollback.compensating.undoingRestore', actions: 'noteFailure' } as const;
/** What has been changed so far is undone: an earlier burst may have been written. */
export const undo = [{ ...undoRestore, guard: 'hasPrepared' }, undoClear] as const;
/** The same, for a run that is taken up only to be withdrawn. */
export const withdraw = [
  { ...undoRestore, guard: 'withdrawsAfterPreparing', actions: ['noteResumed', 'noteFailure'] },
  { ...undoClear, guard: 'withdraws', actions: ['noteResumed', 'noteFailure'] },
] as const;
/** Neither forwards nor backwards. */
export const lockDown = {
  target: '#rollback.finishing.lockingDown',
  actions: ['noteFailure', 'endInSafeMode'],
} as const;

/** The end that the outcome names. */
export const ends = <More extends object>(more: More) =>
  [
    { target: '#rollback.rolledBack', guard: 'endsRolledBack', ...more },
    { target: '#rollback.unchanged', guard: 'endsUnchanged', ...more },
    { target: '#rollback.safeMode', ...more },
  ] as const;

/** A lease that was lost before anything changed is asked for again; afterwards it is taken back. */
export const lockAgain = [
  { target: '#rollback.preparing.locking', guard: 'canReclaim', actions: 'countReclaim' },
  letGo,
] as const;
/** A lease that was lost after the rows were moved is taken back. */
export const reclaim = [
  { target: '#rollback.executing.reclaiming', guard: 'canReclaim', actions: 'countReclaim' },
  lockDown,
] as const;
