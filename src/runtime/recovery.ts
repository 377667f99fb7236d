import type { CrashRecoveryContext } from '../machines/crash-recovery/types.ts';
import type { ResumeIntent } from '../machines/rollback/types.ts';
import { causeOf } from './cause.ts';
import { lookAround } from './crash-recovery/look.ts';
import type { CrashMemory } from './crash-recovery/memory.ts';
import { crashRecoveryPlan } from './crash-recovery/plan-of-run.ts';
import { payCacheLater } from './debts.ts';
import { within } from './execution/deadline.ts';
import { createLedger, type Ledger } from './execution/ledger.ts';
import type { Start } from './execution/start.ts';
import type { ExecutionEnd } from './execution/types.ts';
import { lastOuterRun, shownRun, statusOfRecord } from './follow.ts';
import { type History, historyOf, type RunHistory } from './history.ts';
import { letWritersGoLater } from './let-writers-go.ts';
import { readMarker } from './marker.ts';
import type { RecoveryResult } from './record-types.ts';
import { finished, resultOfActing, resultOfLooking, waitingFor } from './recovery-result.ts';
import { foreignStorage } from './requests.ts';
import { type Place, resumeStart, runMigration, runRollback } from './runs.ts';
import { carryOut, ledgerAfter, readHistory, releaseLock, type Session } from './session.ts';

/** Goes on with an open run where its last record left it. */
async function resume(
  session: Session,
  history: History,
  run: RunHistory,
  intent: ResumeIntent = 'goOn',
  ledger: Ledger = ledgerAfter(session, history),
): Promise<ExecutionEnd> {
  const place = { history, ledger, parent: run.parent, abandoned: [] };
  const start = await resumeStart(session, run, intent === 'goOn' ? undefined : intent);
  if (run.machine === 'crashRecovery') return runCrashRecovery(session, start, place);
  return run.machine === 'rollback' ? runRollback(session, start, place) : runMigration(session, start, place, null);
}

const memoryOf = (session: Session, history: History | null): CrashMemory => ({
  session,
  history,
  ledger: null,
  error: null,
  holder: null,
  database: 'asked',
  goOnWith: async ({ run }, intent, ledger) => {
    const known = await readHistory(session);
    const now = known.runs.find((one) => one.run === run);
    // Somebody else has ended it since it was looked at.
    if (now === undefined || now.end !== null) return leftToOthers(session);
    if (ledger !== null) return resume(session, known, now, intent, ledger);
    return takeUp(session, known, now, intent);
  },
});

async function leftToOthers(session: Session): Promise<ExecutionEnd> {
  await letLockGo(session);
  return { status: 'superseded' };
}

/** Gives back the lock that a look around has taken, unless a run of this very client goes on under it. */
async function letLockGo(session: Session): Promise<void> {
  if (session.current === null) await releaseLock(session);
}

/** Executes a crash recovery from its first record on. */
function runCrashRecovery(
  session: Session,
  start: Start<never>,
  { history, ledger, parent }: Place,
): Promise<ExecutionEnd<CrashRecoveryContext>> {
  const memory: CrashMemory = { ...memoryOf(session, history), ledger };
  return carryOut(session, crashRecoveryPlan(memory), start, { ledger, parent, items: 0, state: history.state });
}

/** Makes the session busy with a run until it has stopped. */
function occupy(session: Session, run: Promise<ExecutionEnd>): Promise<ExecutionEnd> {
  const running = run.finally(() => releaseLock(session));
  const { logger } = session.world;
  const place = running.then(
    (end) => {
      if (end.status !== 'ended') letWritersGoLater(session);
      if (end.status === 'suspended') logger.error('The run could not go on.', { cause: causeOf(end.error) });
      if (end.status === 'ended' && end.view.context.outcome === 'rolledBack') payCacheLater(session);
      return end;
    },
    (error: unknown): ExecutionEnd => {
      letWritersGoLater(session);
      logger.error('The run could not be taken up.', { cause: causeOf(error) });
      return { status: 'suspended', error };
    },
  );
  session.current = place;
  void place.then(() => {
    if (session.current === place) session.current = null;
  });
  return running;
}

/** The run that a crash recovery is about, whose storage it is that counts; any other run itself. */
function concernedRun({ runs }: History, run: RunHistory): RunHistory {
  const concerns = run.machine === 'crashRecovery' ? (run.context as CrashRecoveryContext).concerns : null;
  return runs.find((known) => known.run === concerns) ?? run;
}

async function resumeHere(
  session: Session,
  history: History,
  run: RunHistory,
  intent: ResumeIntent,
): Promise<ExecutionEnd> {
  const { world } = session;
  const foreign = await within(world.clock, 'Storage', foreignStorage(world, concernedRun(history, run)));
  if (foreign !== null) throw foreign;
  return resume(session, history, run, intent);
}

/**
 * Goes on with an open run; the session is busy with it until that settles. What this client is already busy with,
 * because a person was faster than the look around, or the other way round, is waited for: one client never carries a
 * run out twice (rule CR16).
 */
export async function takeUp(
  session: Session,
  history: History,
  run: RunHistory,
  intent: ResumeIntent = 'goOn',
): Promise<ExecutionEnd> {
  if (session.current !== null) return (await session.current) ?? { status: 'superseded' };
  return occupy(session, resumeHere(session, history, run, intent));
}

const asks = (session: Session): boolean => session.executions.at(-1)?.view().meta.waitsFor !== undefined;

/** Resolves when what is under way has ended, or waits for a person: nobody knows for how long. */
async function untilQuiet(session: Session, running: Promise<unknown> | null): Promise<'ended' | 'waiting'> {
  const asked = session.asked.next().then(() => 'waiting' as const);
  if (asks(session)) return 'waiting';
  return Promise.race([asked, Promise.resolve(running).then(() => 'ended' as const)]);
}

/**
 * Finds what an earlier process has left behind and finishes it: an open run, a burst that the browser lost, debts. To
 * be called at every start, before the app reads its data.
 */
export function recover(session: Session): Promise<RecoveryResult> {
  session.recovering ??= find(session)
    .then((result) => openFor(session, result))
    .finally(() => {
      session.recovering = null;
    });
  return session.recovering;
}

/** Writers that stood still until it was known what there is may begin; not while a run is on, or everything locked. */
async function openFor({ world, executions }: Session, result: RecoveryResult): Promise<RecoveryResult> {
  const stays = result.action === 'waiting' || result.action === 'safeMode' || executions.length > 0;
  if (stays || world.operations.wanted() === 'stopped') return result;
  try {
    await within(world.clock, 'The app', world.operations.resume());
  } catch (error) {
    world.logger.error('The app’s writers could not be told that they may begin.', { cause: causeOf(error) });
  }
  return result;
}

async function find(session: Session): Promise<RecoveryResult> {
  if (session.executions.length > 0 || session.current !== null) return join(session);
  const recovering = startRecovery(session);
  // Whoever is told that a person is waited for does not wait for the rest, which goes on all the same.
  recovering.catch(() => {});
  if (
    (await untilQuiet(
      session,
      recovering.catch(() => {}),
    )) === 'waiting'
  )
    return waitingFor(await readHistory(session));
  return recovering;
}

/** A run of this very client is waited for. */
async function join(session: Session): Promise<RecoveryResult> {
  const quiet = await untilQuiet(session, session.current);
  const history = await readHistory(session);
  if (quiet === 'waiting') return waitingFor(history);
  const last = lastOuterRun(history);
  if (last === null) return { action: 'nothingToDo', migrationState: history.state, runId: null };
  return finished(session, last, 'resumed');
}

/** Which storage this is. One that cannot be asked now is asked again by the first look, which says so. */
async function storageToRecover({ world }: Session): Promise<string> {
  try {
    const { marker } = await within(world.clock, 'Storage', readMarker(world));
    if (marker !== null) return marker.storage;
  } catch (error) {
    world.logger.warn('Storage could not be asked which one it is.', { cause: causeOf(error) });
  }
  return world.identity.createId();
}

/**
 * Which look of a start it is. The process that a resumed run was left by may have taken a burst with it that the
 * browser had acknowledged (hazard H1), and the app reads its data when this start is over: a first look that resumed
 * a run is followed by a last one. There is no third, or a vault that does not keep the end of a run would be asked for
 * ever.
 */
type Look = 'first' | 'last';

/** Looks around, and acts on what was found. */
async function startRecovery(session: Session, which: Look = 'first'): Promise<RecoveryResult> {
  const { world } = session;
  const memory = memoryOf(session, null);
  const storage = await storageToRecover(session);
  const input = { run: world.identity.createId(), migration: world.migration.id, storage };
  const { snapshot, event, commands } = await lookAround(input, memory);
  await showLast(session, memory);
  if (snapshot.value === 'failed') {
    await letLockGo(session);
    throw memory.error;
  }
  if (snapshot.value === 'done') {
    const result = await resultOfLooking(session, memory, snapshot.context);
    return result.action === 'resumed' && which === 'first' ? lookOnceMore(session, result) : result;
  }
  if (memory.history === null) await within(world.clock, 'The journal', session.journal.replace());
  const history = memory.history ?? historyOf([]);
  const ledger = createLedger(session.journal, history.last);
  const place = { history, ledger, parent: null, abandoned: [] };
  const end = await occupy(session, runCrashRecovery(session, { kind: 'enter', snapshot, event, commands }, place));
  if (end.status === 'suspended') throw end.error;
  if (end.status === 'superseded') return waitingFor(await readHistory(session));
  return resultOfActing(session, end.view.context as CrashRecoveryContext);
}

/** What the last look found counts where the app must not go on; else that a run was resumed. */
async function lookOnceMore(session: Session, resumed: RecoveryResult): Promise<RecoveryResult> {
  const again = await startRecovery(session, 'last');
  return again.action === 'waiting' || again.action === 'safeMode' ? again : resumed;
}

async function showLast(session: Session, { history }: CrashMemory): Promise<void> {
  const shown = history === null || session.executions.length > 0 ? null : shownRun(history);
  if (history !== null && shown !== null) session.board.show(await statusOfRecord(history, shown));
}
