import type { CrashRecoveryContext } from '../machines/crash-recovery/types.ts';
import type { EmergencyRecoveryContext, EmergencyRecoveryInput } from '../machines/emergency-recovery/types.ts';
import type { MigrationContext, MigrationInput } from '../machines/migration/types.ts';
import type { ResumeIntent, RollbackContext, RollbackEvent, RollbackInput } from '../machines/rollback/types.ts';
import { isBurstMissing } from './crash-recovery/settling.ts';
import { emergencyRecoveryPlan } from './emergency-recovery/plan-of-run.ts';
import { within } from './execution/deadline.ts';
import { InnerRunLeft } from './execution/inner-run-left.ts';
import type { Ledger } from './execution/ledger.ts';
import type { Start } from './execution/start.ts';
import type { AnyContext, ChartId, ExecutionEnd } from './execution/types.ts';
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
  /** Runs that the journal has lost; nobody goes on with them. */
  readonly abandoned?: readonly string[];
}

/** Rollbacks of this migration run that nobody goes on with: unlocked by a person, or lost with their journal. */
function abandonedBefore({ runs }: History, undoes: string): readonly string[] {
  const unlocked = runs
    .filter(({ machine, end }) => machine === 'rollback' && (end === 'unlocked' || end === 'safeMode'))
    .map(({ context }) => context as RollbackContext)
    .filter((context) => context.undoes === undoes)
    .map(({ run }) => run);
  const lost = runs
    .filter(({ machine, end }) => machine === 'crashRecovery' && end !== null)
    .map(({ context }) => (context as CrashRecoveryContext).lost)
    .flatMap((found) => (found?.undoes === undoes && found.rollback !== null ? [found.rollback] : []));
  return [...unlocked, ...lost];
}

/** What a run that is not begun anew remembers. */
const contextOf = (start: Exclude<Start<unknown>, { kind: 'begin' }>): AnyContext =>
  start.kind === 'resume' ? (start.record.snapshot.context as unknown as AnyContext) : start.snapshot.context;

/** The latest run within another one. */
const innerRunOf = ({ runs }: History, parent: string, machine: ChartId): RunHistory | undefined =>
  runs.filter((run) => run.parent === parent && run.machine === machine).at(-1);

/** Goes on with, or begins, the search for another copy when a rollback cannot use its backup. */
async function recoverWithin(
  session: Session,
  place: Place,
  context: RollbackContext,
  movers: readonly string[],
): Promise<RollbackEvent> {
  const history = await readHistory(session);
  const { run, migration, storage, undoes, backup } = context;
  const inner = innerRunOf(history, run, 'emergencyRecovery');
  const told = ({ recovered, escalation, failure }: EmergencyRecoveryContext): RollbackEvent =>
    recovered === null
      ? { type: 'NOT_RECOVERED', code: failure?.code ?? 'BACKUP_NOT_FOUND' }
      : { type: 'BACKUP_RECOVERED', backup: recovered, escalation };
  // A search has ended that was for this very backup: its process died before the rollback knew.
  const before = inner?.context as EmergencyRecoveryContext | undefined;
  if (inner !== undefined && inner.end !== null && before?.backup === backup) return told(before);
  const reason = context.warnings.at(-1)?.code ?? 'BACKUP_DAMAGED';
  const input = { run: session.world.identity.createId(), migration, storage, undoes, backup, reason };
  const start: Start<EmergencyRecoveryInput> =
    inner === undefined || inner.end !== null
      ? { kind: 'begin', input }
      : { kind: 'resume', record: inner.last, token: inner.context.token };
  const end = await carryOut(session, emergencyRecoveryPlan({ movers }), start, {
    ledger: place.ledger,
    parent: run,
    items: 0,
    state: history.state,
  });
  if (end.status === 'ended') return told(end.view.context);
  throw new InnerRunLeft(end);
}

/** Executes a rollback to its end. */
export function runRollback(
  session: Session,
  start: Start<RollbackInput>,
  place: Place,
): Promise<ExecutionEnd<RollbackContext>> {
  const { history, ledger, parent, abandoned = [] } = place;
  const { undoes, run } = start.kind === 'begin' ? start.input : (contextOf(start) as RollbackContext);
  const migration = history.runs.find(({ run }) => run === undoes)?.context as MigrationContext | undefined;
  const items = migration?.copied ?? 0;
  const left = [...new Set([...abandonedBefore(history, undoes), ...abandoned])];
  const memory: RollbackMemory = {
    tables: null,
    survey: null,
    backup: null,
    merged: null,
    restore: null,
    // A migration that rolls itself back hands its lease down.
    hasEnded: (known) => known === parent || left.includes(known) || isOver(history, known),
    recoverBackup: (context) => recoverWithin(session, place, context, [...left, run]),
    abandoned: left,
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
  intent: ResumeIntent | undefined,
): Promise<RollbackResult['outcome']> {
  const history = await readHistory(session);
  const inner = innerRunOf(history, run, 'rollback');
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
  const start = inner === undefined ? begin : await resumeStart(session, inner, intent);
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
  const { run } = start.kind === 'begin' ? start.input : contextOf(start);
  const memory: MigrationMemory = {
    tables: null,
    source,
    backup: null,
    failures: null,
    hasEnded: (known) => isOver(history, known),
    isBurstMissing: (world) => isBurstMissing(world, history),
    rollBack: (reason) =>
      rollBackWithin(session, place, run, reason, start.kind === 'resume' ? start.intent : undefined),
  };
  const resumed = start.kind === 'begin' ? 0 : (contextOf(start) as MigrationContext).items;
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
export async function resumeStart(session: Session, run: RunHistory, intent?: ResumeIntent): Promise<Start<never>> {
  const { world } = session;
  const { token, outcome } = run.context;
  const onlyAnnounces = run.last.commands.every((command) => command === 'announce');
  // The app may have started again with its writers on.
  if (outcome === 'safeMode' || (token > 0 && !onlyAnnounces))
    await within(world.clock, 'The app', world.operations.stop());
  const isFenced = token > 0 && !onlyAnnounces;
  const fresh = isFenced ? await within(world.clock, 'The database', takeOver(world, run.context)) : token;
  return { kind: 'resume', record: run.last, token: fresh, ...(intent === undefined ? {} : { intent }) };
}
