import { HAPPENINGS, type Happening } from './acts.ts';
import { WAYS } from './targets.ts';

/** How often something happened to a run in a state: `state x happening`, to its number. */
export type Cells = Map<string, number>;

/** The name of a cell. */
export const cellOf = (state: string, happening: Happening): string => `${state} x ${happening}`;

/** Adds one to a cell. */
export function countCell(cells: Cells, state: string, happening: Happening): void {
  const name = cellOf(state, happening);
  cells.set(name, (cells.get(name) ?? 0) + 1);
}

/** Adds what others have counted. */
export function addCells(cells: Cells, more: Iterable<readonly [string, number]>): void {
  for (const [name, count] of more) cells.set(name, (cells.get(name) ?? 0) + count);
}

/** States of the charts in which nothing can happen to a run, each with the reason. */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  'crashRecovery looking': 'it only looks: nothing is recorded or shown, and what is found is handed on',
  'crashRecovery acting.goingOn': 'the run that it goes on with is shown in its place, in the states above',
  'crashRecovery acting.adopting': 'only where the journal is lost, which no schedule does; test/crash-recovery does',
  'crashRecovery acting.discarding': 'only where the journal is lost, which no schedule does; test/crash-recovery does',
  'crashRecovery acting.completing': 'only where the journal is lost, which no schedule does; test/crash-recovery does',
  'crashRecovery acting.retrying': 'only where the journal is lost, which no schedule does; test/crash-recovery does',
  'crashRecovery ending.lockingDown':
    'only where the journal is lost, which no schedule does; test/crash-recovery does',
  'migration migrated': 'an end: the run does nothing any more',
  'migration unchanged': 'an end: the run does nothing any more',
  'migration rolledBack': 'an end: the run does nothing any more',
  'migration safeMode': 'it rests until somebody unlocks it: no command, no call',
  'migration unlocked': 'an end: the run does nothing any more',
  'rollback rolledBack': 'an end: the run does nothing any more',
  'rollback unchanged': 'an end: the run does nothing any more',
  'rollback safeMode': 'it rests until somebody unlocks it: no command, no call',
  'rollback unlocked': 'an end: the run does nothing any more',
};

/** Every state in which something can happen to a run. */
export const STATES: readonly string[] = Object.keys(WAYS);

/** Every cell that is to be hit. */
export const REACHABLE: readonly string[] = STATES.flatMap((state) =>
  HAPPENINGS.map((happening) => cellOf(state, happening)),
);

/** A million schedules are to hit every reachable cell so often. */
const HITS_PER_MILLION = 100;

/** Reachable cells that were hit fewer times than so many schedules are to hit them, with their numbers. */
export function missedCells(cells: Cells, schedules: number): readonly (readonly [cell: string, hits: number])[] {
  const floor = Math.floor((HITS_PER_MILLION * schedules) / 1_000_000);
  return REACHABLE.map((cell) => [cell, cells.get(cell) ?? 0] as const).filter(([, hits]) => hits < floor);
}

/** The table of cells as lines of text, and what cannot be reached. */
export function cellTable(cells: Cells): readonly string[] {
  const width = Math.max(...STATES.map((state) => state.length));
  const counts = (state: string): string =>
    HAPPENINGS.map((happening) => String(cells.get(cellOf(state, happening)) ?? 0).padStart(7)).join('');
  const legend = HAPPENINGS.map((happening, index) => `${String(index + 1).padStart(2)} ${happening}`);
  return [
    ...legend,
    `${'state'.padEnd(width)}${HAPPENINGS.map((_, index) => String(index + 1).padStart(7)).join('')}`,
    ...STATES.map((state) => `${state.padEnd(width)}${counts(state)}`),
    ...Object.entries(UNREACHABLE).map(([state, reason]) => `${state}: not reachable (${reason})`),
  ];
}
