import type { MigrationContext, MigrationInput } from '../machines/migration/types.ts';
import type { RollbackContext, RollbackInput } from '../machines/rollback/types.ts';
import type { Start } from './execution/execution.ts';
import { InnerRunLeft } from './execution/inner-run-left.ts';
import type { Ledger } from './execution/ledger.ts';
import type { ExecutionEnd } from './execution/types.ts';
import { type History, isOver, type RunHistory } from './history.ts';
import { takeOver } from './lease.ts';
import type { MigrationMemory } from './migration/memory.ts';
import { migrationPlan } from './migration/plan-of-run.ts';
import type { Source } from './migration/source.ts';
import type { RollbackMemory } from './rollback/memory.ts';
import { rollbackPlan } from './rollback/plan-of-run.ts';
import { carryOut, readHistory, type Session } from './session.ts';
import type { RollbackResult } from './status-types.ts';

/** Behind which records a run goes on, and within which outer run. */
export interface Place {
  readonly history: History;
  readonly ledger: Ledger;
  readonly parent: string | null;
}

/** A rollback of this migration run that a person has unlocked, or whose outer run was; nobody goes on with it. */
function abandonedBefore(history: History, undoes: string): readonly string[] {
  return history.runs
    .filter(({ machine, end }) => machine === 'rollback' && (end === 'unlocked' || end === 'safeMode'))
    .map(({ context }) => context as RollbackContext)
    .filter((context) => context.undoes === undoes)
    .map(({ run }) => run);
}

/** Executes a rollback to its end. */
export function runRollback(
  session: Session,
  start: Start<RollbackInput>,
  place: Place,
): Promise<ExecutionEnd<RollbackContext>> {
  const { history, ledger, parent } = place;
  const undoes =
    start.kind === 'begin' ? start.input.undoes : (start.record.snapshot.context as unknown as RollbackContext).undoes;
  const migration = history.runs.find(({ run }) => run === undoes)?.context as MigrationContext | undefined;
  const items = migration?.copied ?? 0;
  const memory: RollbackMemory = {
    tables: null,
    survey: null,
    backup: null,
    merged: null,
    restore: null,
    // A migration that rolls itself back hands its lease down.
    hasEnded: (run) => run === parent || isOver(history, run),
    abandoned: abandonedBefore(history, undoes),
    items,
  };
  return carryOut(session, rollbackPlan(memory), start, { ledger, parent, items, state: history.state });
}

/** Goes on with, or begins, the inner rollback of a migration that a trigger has stopped. */
async function rollBackWithin(
  session: Session,
  place: Place,
  run: string,
  reason: string,
): Promise<RollbackResult['outcome']> {
  const history = await readHistory(session);
  const inner = history.runs.filter(({ parent }) => parent === run).at(-1);
  const within: Place = { ...place, history, parent: run };
  if (inner !== undefined && inner.end !== null)
    return inner.end === 'rolledBack' || inner.end === 'unchanged' ? inner.end : 'safeMode';
  const { migration } = session.world;
  const outer = history.runs.find((known) => known.run === run) as RunHistory;
  const begin: Start<RollbackInput> = {
    kind: 'begin',
    input: {
      run: session.world.identity.createId(),
      migration: migration.id,
      storage: outer.context.storage,
      undoes: run,
      reason,
      detail: '',
      backup: run,
      onDrift: migration.onDrift,
    },
  };
  const start = inner === undefined ? begin : await resumeStart(session, inner);
  const end = await runRollback(session, start as Start<RollbackInput>, within);
  if (end.status === 'ended') return end.view.context.outcome ?? 'safeMode';
  throw new InnerRunLeft(end);
}

/** Executes a migration to its end. */
export function runMigration(
  session: Session,
  start: Start<MigrationInput>,
  place: Place,
  source: Source | null,
): Promise<ExecutionEnd<MigrationContext>> {
  const { history, ledger, parent } = place;
  const run = start.kind === 'begin' ? start.input.run : start.record.run;
  const memory: MigrationMemory = {
    tables: null,
    source,
    backup: null,
    failures: null,
    hasEnded: (known) => isOver(history, known),
    rollBack: (reason) => rollBackWithin(session, place, run, reason),
  };
  const resumed = start.kind === 'resume' ? (start.record.snapshot.context as unknown as MigrationContext).items : 0;
  return carryOut(session, migrationPlan(memory), start, {
    ledger,
    parent,
    items: source?.items ?? resumed,
    state: history.state,
  });
}

/**
 * Where an interrupted run goes on. Whoever carried it out before is shut out with a higher token first; a run that
 * holds no lease yet, or has given it back, needs none to go on.
 */
export async function resumeStart(session: Session, run: RunHistory): Promise<Start<never>> {
  const { world } = session;
  const { token, outcome } = run.context;
  const onlyAnnounces = run.last.commands.every((command) => command === 'announce');
  // The app may have started again with its writers on.
  if (outcome === 'safeMode' || (token > 0 && !onlyAnnounces)) await world.operations.stop();
  const isFenced = token > 0 && !onlyAnnounces;
  return { kind: 'resume', record: run.last, token: isFenced ? await takeOver(world, run.context) : token };
}
