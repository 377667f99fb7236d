import type { StateMeta } from '../machines/chart.ts';
import { migrationMeta } from '../machines/migration/meta.ts';
import { rollbackMeta } from '../machines/rollback/meta.ts';
import type { ExecutionView } from './execution/types.ts';
import type { History, RunHistory } from './history.ts';
import { readHistory, type Session } from './session.ts';

/** How often the journal is looked at for what another process does, in milliseconds. */
export const LOOK_EVERY = 1000;

/** A run of another process as its last record shows it; how far it is in its step nobody here can tell. */
export function viewOfRecord(run: RunHistory): ExecutionView {
  const { value } = run.last.snapshot;
  const { context } = run;
  const name = typeof value === 'string' ? value : (Object.values(value)[0] ?? '');
  const metas: Readonly<Record<string, StateMeta>> = run.machine === 'rollback' ? rollbackMeta : migrationMeta;
  const meta = metas[name] as StateMeta;
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

/** Resolves with the run once it has ended, whoever carries it out. */
export async function follow(session: Session, run: string, signal?: AbortSignal): Promise<RunHistory | null> {
  for (;;) {
    const history = await readHistory(session);
    const found = history.runs.find((known) => known.run === run);
    if (found !== undefined && found.end !== null) return found;
    if (signal?.aborted || session.closed === 'closed') return null;
    await session.world.clock.sleep(LOOK_EVERY, signal);
  }
}

/** Resolves when the journal has grown beyond `seq`: somebody else has gone on with the run. */
export async function movedBeyond(session: Session, seq: number, signal: AbortSignal): Promise<'moved' | 'stopped'> {
  const folder = `${session.world.migration.id}/journal/`;
  for (;;) {
    await session.world.clock.sleep(LOOK_EVERY, signal);
    if (signal.aborted) return 'stopped';
    if ((await session.world.vault.list(folder)).length > seq + 1) return 'moved';
  }
}

/** The run that is to be shown: the open one, or else the last. */
export const shownRun = (history: History): RunHistory | null => history.open ?? history.runs.at(-1) ?? null;
