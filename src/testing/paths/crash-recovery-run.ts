import type { JournalRecord } from '../../runtime/journal-record.ts';
import type { AppProcess } from './app-process.ts';
import { type ChartPath, type PathStep, stateName } from './chart-path.ts';
import { beginsUnmigrated, bringAbout, migrate } from './crash-recovery-findings.ts';
import { judge } from './crash-recovery-judge.ts';
import { answerOpenQuestion, type Place, placeIn, start, waitFor } from './crash-recovery-place.ts';
import { arrange, diesAtRecord, failsVerifying } from './crash-recovery-scenes.ts';
import type { CreatePathWorld } from './path-world.ts';
import { failNext } from './stage.ts';
import { turn, whileAlive } from './walk.ts';

/** A path of the crash recovery on its way. */
interface Recovery {
  readonly path: ChartPath;
  readonly place: Place;
  readonly failures: string[];
  process: AppProcess;
  /** How many steps have been taken. */
  taken: number;
  /** The recovery's last record; `null` while it only looks. */
  record: JournalRecord | null;
  /** Whether the next record of the recovery is the end of the process. */
  isDoomed: boolean;
  isSettled: boolean;
}

const END_WITHOUT_RECORD: ReadonlySet<string> = new Set(['done', 'failed']);

const nextOf = ({ path, taken }: Recovery): PathStep | undefined => path.steps[taken];

/** Compares what happened with the path, and arranges for what is to come next before any command begins. */
function take(it: Recovery, event: string, to: string, code: unknown): void | Promise<void> {
  const step = nextOf(it);
  if (step === undefined || event !== step.event.type || to !== step.to) {
    const wanted = step === undefined ? 'the end' : `${step.event.type} to ${step.to}`;
    it.failures.push(`step ${it.taken}: ${event}${code === undefined ? '' : ` ${code}`} led to ${to}, not ${wanted}`);
    return;
  }
  it.taken += 1;
  const next = nextOf(it);
  it.isDoomed = next?.event.type === 'RESUMED' && diesAtRecord(it.path, it.taken);
  if (next?.event.type === 'RESUMED' && next.from !== 'asking' && !it.isDoomed) return it.process.death.abort();
  return arrange(it.process, it.place, it.path, it.taken);
}

/** While it only looks, a recovery is seen by what it says. */
function hear(it: Recovery, message: string, details: Readonly<Record<string, unknown>> | undefined): void {
  if (message !== 'Crash recovery' || it.record !== null) return;
  const [from, to] = [details?.from, details?.to].map((path) => String(path).split('.').at(-1) ?? '');
  const step = nextOf(it);
  // Whoever has resumed a run looks once more, which is another recovery.
  if (step === undefined && it.path.steps.at(-1)?.event.type === 'RUN_ENDED') return;
  // The first state that is recorded is seen by its record.
  if (!String(details?.to).startsWith('looking') && !END_WITHOUT_RECORD.has(to ?? '')) return;
  if (step?.from !== from) it.failures.push(`step ${it.taken}: it was in ${from}, not in ${step?.from}`);
  void take(it, String(details?.event), to ?? '', undefined);
}

const isOurs = ({ record: known }: Recovery, { machine, run }: JournalRecord): boolean =>
  machine.id === 'crashRecovery' && (known === null || known.run === run);

function see(it: Recovery, record: JournalRecord): void | Promise<void> {
  if (!isOurs(it, record)) return bendVerification(it, record);
  it.record = record;
  return take(it, record.event.type, stateName(record.snapshot.value), (record.event as { code?: string }).code);
}

/** A run that only verifies is made to fail at that, as far as the path wants it. */
function bendVerification({ path, process }: Recovery, record: JournalRecord): void {
  const outcome = path.steps.find(({ from, to }) => from === 'resuming' && to !== from)?.name;
  if (!failsVerifying(path) || stateName(record.snapshot.value) !== 'verifyingData') return;
  if (outcome !== 'RUN_ENDED unchanged' && outcome !== 'RUN_ENDED safeMode') return;
  failNext({ process }, 'storage', 'read', 'permanent');
  if (outcome === 'RUN_ENDED safeMode') failNext({ process }, 'database', 'undoClear', 'permanent');
}

const silent = (): void => {};

/** The next process of the app, which recovers as every start does. */
function startRecovering(it: Recovery): void {
  const isFirst = it.record === null;
  it.process = start(it.place, {
    beforeRecord: (record) => (it.isDoomed && isOurs(it, record) ? 'die' : 'go on'),
    afterRecord: (record) => see(it, record),
    logger: {
      debug: (message, details) => (isFirst ? hear(it, message, details) : undefined),
      info: silent,
      warn: silent,
      error: silent,
    },
  });
  it.isDoomed = false;
  if (isFirst) void arrange(it.process, it.place, it.path, 0);
  follow(it, it.process, it.process.client.recover());
}

function follow(it: Recovery, process: AppProcess, work: Promise<unknown>): void {
  it.isSettled = false;
  work.then(
    () => {
      it.isSettled = true;
    },
    (error: unknown) => {
      it.isSettled = true;
      const isExpected = it.path.steps.at(-1)?.to === 'failed';
      if (!process.death.signal.aborted && !isExpected) it.failures.push(`the client gave up: ${String(error)}`);
    },
  );
}

/** Brings the next step about, as far as it does not come by itself. */
async function play(it: Recovery, step: PathStep): Promise<void> {
  const { place } = it;
  if (step.event.type === 'RESUMED') return resume(it, step);
  if (step.event.type === 'DECIDE') return decide(it, step);
  if (step.event.type === 'UNLOCK') {
    await waitFor(place, () => it.isSettled);
    await it.process.client.unlock({ reason: 'repaired' });
  }
}

async function decide(it: Recovery, { name }: PathStep): Promise<void> {
  const before = it.taken;
  const isAsked = (): boolean => it.isSettled && it.process.client.getSnapshot().question !== null;
  if (!(await waitFor(it.place, () => isAsked() || it.taken > before || it.failures.length > 0)))
    it.failures.push(`step ${it.taken}: nobody was asked`);
  if (it.taken > before || it.failures.length > 0) return;
  const choice = name === 'DECIDE keepEmpty' ? 'keepEmpty' : 'restore';
  await whileAlive(it.process, it.process.client.decide({ question: 'emptiedStorage', choice }));
}

/** The process dies, and the next one recovers; what waits for a person is taken up only by an answer. */
async function resume(it: Recovery, step: PathStep): Promise<void> {
  const { place } = it;
  const before = it.taken;
  const isTakenUp = it.isDoomed && step.from === 'asking';
  if (step.from === 'asking' && !isTakenUp) {
    await waitFor(place, () => it.isSettled);
    it.process.death.abort();
  }
  const { signal } = it.process.death;
  if (!(await waitFor(place, () => signal.aborted || it.failures.length > 0)))
    it.failures.push(`step ${it.taken}: the process did not come to its next record`);
  if (it.failures.length > 0) return;
  startRecovering(it);
  if (step.from !== 'asking') return;
  await waitFor(place, () => it.isSettled);
  const next = it.path.steps[before + 1];
  const choice = next?.name === 'DECIDE keepEmpty' ? 'keepEmpty' : 'restore';
  await whileAlive(it.process, it.process.client.decide({ question: 'emptiedStorage', choice }));
}

/** Takes the path's steps, one after the other. */
async function takeSteps(it: Recovery): Promise<void> {
  const { path, place, failures } = it;
  while (it.taken < path.steps.length && failures.length === 0) {
    const before = it.taken;
    const step = path.steps[before] as PathStep;
    await play(it, step);
    for (let turns = 0; it.taken === before && failures.length === 0; turns++) {
      if (turns > place.patience) failures.push(`step ${before}: no ${step.name} in ${step.from}`);
      if (turns % 10 === 9) await answerOpenQuestion(it.process.client, 'nothing');
      await turn();
    }
  }
  if (failures.length === 0 && !(await waitFor(place, () => it.isSettled)))
    failures.push('the client never came to an end');
}

/** Runs a path of the crash recovery with a real client (see `createPathRunner`), and says what was not as it should. */
export async function runCrashRecoveryPath(
  path: ChartPath,
  createWorld: CreatePathWorld,
  patience: number,
): Promise<readonly string[]> {
  const items = { accepted: true };
  const world = await createWorld({ batches: 3, acceptsItems: () => items.accepted });
  const place = await placeIn(world, items, patience);
  if (!beginsUnmigrated(path)) await migrate(place);
  await bringAbout(place, path);
  const it: Recovery = {
    path,
    place,
    failures: [],
    process: null as unknown as AppProcess,
    taken: 0,
    record: null,
    isDoomed: false,
    isSettled: false,
  };
  startRecovering(it);
  await takeSteps(it);
  const { client, death } = it.process;
  if (it.failures.length === 0) {
    await client.close();
    death.abort();
    it.failures.push(...(await judge(place, path, it.record)));
  }
  return it.failures;
}
