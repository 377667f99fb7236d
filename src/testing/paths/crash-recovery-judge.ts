import type { CrashRecoveryContext } from '../../machines/crash-recovery/types.ts';
import type { JournalRecord } from '../../runtime/journal-record.ts';
import type { MigrationState } from '../../runtime/status-types.ts';
import type { ChartPath } from './chart-path.ts';
import { checkInvariants, type RunEnd, witness } from './check-invariants.ts';
import { answerOpenQuestion, type Place, settled, start, type Wish } from './crash-recovery-place.ts';

/** So many questions are more than any recovery puts. */
const MOST_QUESTIONS = 8;

/** Starts the app again and answers what is asked until nothing is. */
async function recoverWholly(place: Place, wish: Wish): Promise<MigrationState> {
  const { client, death } = start(place);
  for (let asked = 0; asked < MOST_QUESTIONS; asked++) {
    const { action, migrationState } = await settled(place, 'A start after it', client.recover());
    if (action !== 'waiting') {
      await client.close();
      death.abort();
      return migrationState;
    }
    await answerOpenQuestion(client, wish);
  }
  throw new Error('There was no end to what was asked.');
}

const passes = ({ steps }: ChartPath, state: string): boolean =>
  steps.some((step) => step.from === state && step.to !== state && step.event.type === 'FAILED');

/** Which end of a run leaves the data as this state says. */
function endOf(path: ChartPath, state: MigrationState): RunEnd {
  // What had been lost was found again after a person had unlocked it, and has been taken back.
  if (state === 'ROLLED_BACK') return 'rolledBack';
  if (path.steps.at(-1)?.to === 'unlocked') return 'unlocked';
  return state === 'SAFE_MODE' ? 'safeMode' : 'unchanged';
}

/** I12: the audit trail says of the recovery what is so, once. */
async function untruths(place: Place, path: ChartPath, record: JournalRecord | null): Promise<string[]> {
  const { client } = start(place);
  const entries = (await client.audit.list()).filter(
    ({ runId, type }) => runId === record?.run && type === 'CRASH_RECOVERY',
  );
  if (record === null) return [];
  const [entry] = entries;
  if (entry === undefined)
    return passes(path, 'announcing') ? [] : ['I12: the audit trail does not know of the recovery'];
  const wrong: string[] = [];
  if (entries.length > 1) wrong.push(`I12: the audit trail has ${entries.length} entries of the recovery`);
  const { failure, outcome } = record.snapshot.context as unknown as CrashRecoveryContext;
  if (entry.outcome !== outcome) wrong.push(`I12: ${entry.outcome} was said of ${outcome}`);
  if (failure !== null && entry.result !== 'FAILED') wrong.push('I12: a failure was not said');
  return wrong;
}

/** Storage is as empty as the person wanted it. */
async function filledUnasked(place: Place): Promise<string[]> {
  const { storage } = await witness(place.world);
  return storage.size === 0 ? [] : [`CR3: ${storage.size} keys are back although a person wanted none`];
}

/** A person unlocked what was in safe mode: the next rollback takes everything back. */
async function rollBackAfterUnlock(place: Place): Promise<string[]> {
  const { client } = start(place);
  const ending = client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });
  let outcome = '';
  ending.then(
    (result) => {
      outcome = result.outcome;
    },
    (error: unknown) => {
      outcome = String(error);
    },
  );
  for (let asked = 0; asked < MOST_QUESTIONS && outcome === ''; asked++) {
    await settled(place, 'A question', answerOpenQuestion(client, 'restore'));
    await ending.catch(() => {});
  }
  return outcome === 'rolledBack' ? [] : [`RB27: a rollback after unlocking ended ${outcome}`];
}

/** What must hold after a recovery, seen by processes that are started after it. */
export async function judge(place: Place, path: ChartPath, record: JournalRecord | null): Promise<readonly string[]> {
  for (const lock of place.heldByOthers) await lock.release();
  const wrong = await untruths(place, path, record);
  const isKeptEmpty = path.steps.some(({ name }) => name === 'DECIDE keepEmpty');
  const state = await recoverWholly(place, isKeptEmpty ? 'keepEmpty' : 'restore');
  const end = endOf(path, state);
  const chartEnd = path.steps.at(-1)?.to;
  if (chartEnd === 'rolledBack' && state !== 'ROLLED_BACK') wrong.push(`I5: after rolledBack the state is ${state}`);
  if (chartEnd === 'safeMode' && state !== 'SAFE_MODE') wrong.push(`I5: after safeMode the state is ${state}`);
  if (end !== 'safeMode' && place.operations.state === 'stopped')
    wrong.push(`after ${end} the app's writers still stand still`);
  const { world, original, before, edits } = place;
  const { client } = start(place);
  const found = await checkInvariants({
    world,
    chart: state === 'NOT_STARTED' ? 'migration' : 'rollback',
    run: record?.run ?? '',
    end,
    original,
    before: state === 'NOT_STARTED' ? original : before,
    edits: { storage: edits, rows: [] },
    choice: 'discard',
    audited: 'perhaps',
    client,
  });
  wrong.push(...found.filter((one) => !isKeptEmpty || !one.includes(' the key ')));
  if (isKeptEmpty) wrong.push(...(await filledUnasked(place)));
  if (end === 'unlocked') wrong.push(...(await rollBackAfterUnlock(place)));
  return wrong;
}
