import { isCollectionKey, isFormDataKey } from '../../definition/key-ownership.ts';
import type { LoggerPort } from '../../ports/logger.ts';
import type { StorageWrite } from '../../ports/storage.ts';
import type { JournalRecord } from '../../runtime/journal-record.ts';
import type { Backpedal, Decision } from '../../runtime/public-types.ts';
import { type AppProcess, type ProcessSetting, startProcess } from './app-process.ts';
import { stateName } from './chart-path.ts';
import { type Witness, witness } from './check-invariants.ts';
import type { PathPorts, PathWorld } from './path-world.ts';
import type { StorageEdit } from './stage.ts';
import { type StepClock, stepClock } from './step-clock.ts';
import { turn } from './walk.ts';

/** Where findings for a recovery are brought about, and then the recovery is run. */
export interface Place {
  readonly world: PathWorld;
  readonly clock: StepClock;
  readonly operations: { state: 'running' | 'stopped' };
  /** Whether the app's schema takes items now. */
  readonly items: { accepted: boolean };
  /** The ports as somebody besides the run has them. */
  readonly outside: PathPorts;
  /** How many turns of the event loop the world may take to answer. */
  readonly patience: number;
  /** What was there before the migration, and what an undone rollback leads back to. */
  original: Witness;
  before: Witness;
  readonly edits: StorageEdit[];
  /** What somebody else holds until the path has ended: the local lock, the lease. */
  readonly heldByOthers: { release(): Promise<void> }[];
  processes: number;
}

/** Told of what a process records and says. */
export interface Watcher {
  readonly beforeRecord?: ProcessSetting['beforeRecord'];
  readonly afterRecord?: ProcessSetting['afterRecord'];
  readonly logger?: LoggerPort;
}

/** The place of a world in which nothing has been done yet. */
export async function placeIn(world: PathWorld, items: Place['items'], patience: number): Promise<Place> {
  const original = await witness(world);
  return {
    world,
    clock: stepClock(),
    operations: { state: 'running' },
    items,
    outside: world.open(new AbortController().signal),
    patience,
    original,
    before: original,
    edits: [],
    heldByOthers: [],
    processes: 0,
  };
}

/** Starts a process of the app. */
export function start(place: Place, watcher: Watcher = {}): AppProcess {
  place.processes += 1;
  const { world, clock, operations } = place;
  return startProcess(`process-${place.processes}`, {
    world,
    clock,
    operations,
    beforeRecord: () => 'go on',
    afterRecord: () => {},
    ...watcher,
  });
}

/** Waits for so many turns until something is so. */
export async function waitFor({ patience }: Place, isSo: () => boolean): Promise<boolean> {
  for (let turns = 0; turns < patience; turns++) {
    if (isSo()) return true;
    await turn();
  }
  return isSo();
}

/** Waits until some work has settled. */
export async function settled<T>(place: Place, what: string, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const done = (): void => {
    isSettled = true;
  };
  work.then(done, done);
  if (!(await waitFor(place, () => isSettled))) throw new Error(`${what} never came to an end.`);
  return work;
}

/** A process does something and is closed; the next one finds what it has left. */
export async function doneBy<T>(place: Place, act: (process: AppProcess) => Promise<T>): Promise<T> {
  const process = start(place);
  const result = await settled(place, 'What was to be prepared', act(process));
  await process.client.close();
  process.death.abort();
  return result;
}

const isIn = (record: JournalRecord, state: string): boolean => stateName(record.snapshot.value) === state;

/** A process does something and dies as soon as a run of it has recorded this state. */
export async function dieIn(
  place: Place,
  state: string,
  act: (process: AppProcess) => Promise<unknown>,
): Promise<void> {
  const process = start(place, {
    afterRecord: (record) => {
      if (isIn(record, state)) process.death.abort();
    },
  });
  act(process).catch(() => {});
  const { signal } = process.death;
  if (!(await waitFor(place, () => signal.aborted)))
    throw new Error(`What was to be interrupted never came to ${state}.`);
}

/** A process that is at work, and waits for a person when this resolves; it dies then. */
export async function dieWaiting(place: Place, act: (client: Backpedal) => Promise<unknown>): Promise<void> {
  const process = start(place);
  act(process.client).catch(() => {});
  if (!(await waitFor(place, () => process.client.getSnapshot().question !== null)))
    throw new Error('No question was put.');
  process.death.abort();
}

/** Every key of storage, backpedal's own included. */
export async function imageOf({ outside: { storage } }: Place): Promise<ReadonlyMap<string, string | null>> {
  return storage.read(await storage.keys());
}

/** Makes storage what it was: what was written since has never reached the disk. */
export async function setBack(place: Place, image: ReadonlyMap<string, string | null>): Promise<void> {
  const { storage } = place.outside;
  const now = await imageOf(place);
  const writes = [...new Set([...now.keys(), ...image.keys()])]
    .filter((key) => (now.get(key) ?? null) !== (image.get(key) ?? null))
    .map((key): StorageWrite => ({ key, value: image.get(key) ?? null, expect: [now.get(key) ?? null] }));
  await storage.write(writes, () => true);
}

/** Somebody logs out: everything is gone from storage, what others keep there too, and that is to stay so. */
export async function emptyStorage(place: Place): Promise<void> {
  await setBack(place, new Map());
  const { migration } = place.world;
  const isOurs = (key: string): boolean =>
    isFormDataKey(migration, key) || migration.collections.some((collection) => isCollectionKey(collection, key));
  place.original = { ...place.original, storage: new Map([...place.original.storage].filter(([key]) => isOurs(key))) };
  place.before = { ...place.before, storage: new Map() };
}

/** The app writes a key, whatever it holds. */
export async function writeAsApp(place: Place, key: string, value: string): Promise<void> {
  const { storage } = place.outside;
  const current = (await storage.read([key])).get(key) ?? null;
  await storage.write([{ key, value, expect: [current] }], () => true);
  place.edits.push({ key, value });
}

/** A run of another device takes the lease, and keeps it until the path has ended. */
export async function occupyLease({ outside: { database }, world, heldByOthers }: Place): Promise<void> {
  const request = { migration: world.migration.id, run: 'other', storage: 'other', mode: 'takeOver' } as const;
  const lease = await database.lease(request);
  if (lease.status === 'granted')
    heldByOthers.push({ release: () => database.release({ ...request, token: lease.token }) });
}

/** What people want done about a storage that was emptied; `nothing` leaves that question open. */
export type Wish = 'restore' | 'keepEmpty' | 'nothing';

/** What is answered to every other question. */
const ANSWERS = ['discard', 'useOlderBackup', 'useReconstruction'] as const;

/** Answers the question that is open, if any. */
export async function answerOpenQuestion(client: Backpedal, wish: Wish): Promise<void> {
  const { question } = client.getSnapshot();
  if (question === null) return;
  if (question.question === 'emptiedStorage') {
    if (wish !== 'nothing') await client.decide({ question: 'emptiedStorage', choice: wish });
    return;
  }
  const choice = ANSWERS.find((one) => (question.choices as readonly string[]).includes(one));
  await client.decide({ question: question.question, choice } as Decision);
}
