import type { StateMeta } from '../machines/chart.ts';
import { charts } from './charts.ts';
import type { ExecutionView } from './execution/types.ts';
import { timeLimit } from './execution/watch.ts';
import type { History, RunHistory } from './history.ts';
import { questionOf } from './question.ts';
import { LOOK_EVERY, readHistory, type Session } from './session.ts';
import { statusOf } from './status.ts';
import type { RollbackStatus } from './status-types.ts';
import type { World } from './world.ts';

/** A run of another process as its last record shows it; how far it is in its step nobody here can tell. */
export function viewOfRecord(run: RunHistory): ExecutionView {
  const { value } = run.last.snapshot;
  const { context } = run;
  const name = typeof value === 'string' ? value : (Object.values(value)[0] ?? '');
  const meta = charts[run.machine].meta[name] as StateMeta;
  const done = 'done' in context ? context.done.length / 5 : context.outcome === null ? 0 : 1;
  return {
    id: run.machine,
    run: run.run,
    value,
    context,
    meta,
    part: run.end === 'rolledBack' || run.end === 'migrated' ? 1 : Math.min(0.99, done),
    activeMs: run.last.activeMs,
  };
}

/** A run as its last record shows it, with its question. */
export async function statusOfRecord(history: History, run: RunHistory): Promise<RollbackStatus> {
  const view = viewOfRecord(run);
  return statusOf(view, await questionOf(view), history.state);
}

/**
 * Resolves with the run once it has ended, whoever carries it out, and shows it meanwhile; `null` when the client is
 * closed before.
 */
export async function follow(session: Session, run: string): Promise<RunHistory | null> {
  const { signal } = session.closing;
  for (;;) {
    const history = await readHistory(session);
    const found = history.runs.find((known) => known.run === run);
    if (found !== undefined) session.board.show(await statusOfRecord(history, found));
    if (found !== undefined && found.end !== null) return found;
    if (signal.aborted) return null;
    await session.world.clock.sleep(LOOK_EVERY, signal);
  }
}

/** The last run that was none within another one. */
export const lastOuterRun = ({ runs }: History): RunHistory | null =>
  runs.findLast(({ parent }) => parent === null) ?? null;

/** The run that is to be shown: the one at work, or else the last. */
export const shownRun = (history: History): RunHistory | null => history.innermost ?? lastOuterRun(history);

/** Whether a run waits for a person by its last record. */
export const waitsForPerson = (run: RunHistory): boolean => viewOfRecord(run).meta.waitsFor === 'person';

/** The active time after which a command is given up, so many times over. */
const LIMITS_WITHOUT_LIFE = 2;

/**
 * Whether whoever holds the local lock of a run has recorded nothing for longer than any command may take: frozen, or
 * told that the lock was not granted (hazard H25). Taking over from one that is alive after all is safe: journal and
 * token refuse it.
 */
export function isLifeless(world: World, { last, runs }: History): boolean {
  if (last === null) return false;
  const items = Math.max(0, ...runs.map(({ context }) => ('items' in context ? context.items : 0)));
  return world.clock.now() - last.at > LIMITS_WITHOUT_LIFE * timeLimit(world, items);
}
