import type { Schedule } from './acts.ts';
import { cloneStore } from './clone-store.ts';
import { type Edits, noEdits } from './edits.ts';
import { endSchedule } from './ending.ts';
import { freshImage, type Image, migratedImage } from './images.ts';
import { type Shape, SIX_ITEMS } from './shapes.ts';
import { createStage, decideOn, type Stage, startOn } from './stage.ts';
import { step } from './step.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

/** The runs whose every crash point is tried. */
export type ExhaustiveRun = 'migration' | 'rollback' | 'rollback with merge';

/** What is tried. */
export interface ExhaustiveOptions {
  readonly run: ExhaustiveRun;
  readonly world?: Partial<WorldOptions>;
  /** Default the one of six items. */
  readonly shape?: Shape;
  readonly bursts?: Schedule['bursts'];
}

/** What came of it. */
export interface ExhaustiveReport {
  /** Moments at which the first run could die: before and after every call of a port. */
  readonly points: number;
  /** Pairs of moments: one in the run, one in its recovery. */
  readonly pairs: number;
  /** Runs that were carried out: one for each pair that leaves another content on the disks, and crash mode. */
  readonly runs: number;
  readonly violations: readonly string[];
}

/** What a machine that died at some moment finds on its disks. */
interface Remains {
  readonly image: Image;
  readonly edits: Edits;
  readonly at: string;
}

const WORLD: WorldOptions = {
  shape: SIX_ITEMS,
  source: 'clear',
  onDrift: 'merge',
  storage: 'browser',
  vault: 'strict',
  database: 'server',
  cache: 'present',
  lock: 'present',
};

const cloneEdits = (edits: Edits): Edits => ({
  storage: new Map([...edits.storage].map(([key, edit]) => [key, { ...edit }])),
  rows: new Map(edits.rows),
  forgiven: new Set(edits.forgiven),
  damaged: new Set(edits.damaged),
  keepsEmpty: edits.keepsEmpty,
});

/** What is left at this moment, in every way in which this technology may lose what is not on disk. */
function remainsOf(world: World, at: string): Remains[] {
  const { storage, vault, database, time, edits } = world;
  const pending = storage.pending();
  return [...Array(pending.length + 1).keys()].map((kept) => {
    const disk = new Map(storage.durable());
    for (const { key, value } of pending.slice(0, kept)) {
      if (key === null) disk.clear();
      else if (value === null) disk.delete(key);
      else disk.set(key, value);
    }
    const image: Image = {
      storage: [...disk],
      vault: new Map(vault.visible),
      database: cloneStore(database.store()),
      now: time.now(),
      monotonic: time.monotonic(),
    };
    return {
      image,
      edits: cloneEdits(edits),
      at: pending.length === 0 ? at : `${at} (${kept} of ${pending.length} kept)`,
    };
  });
}

/** Lets a process do something to its end, and gives what would be left at each moment that changes the disks. */
async function remainsDuring(
  stage: Stage,
  begin: (stage: Stage) => Promise<unknown>,
  name: string,
): Promise<Remains[]> {
  const { world } = stage;
  const remains: Remains[] = [];
  let version = world.version();
  let pending = world.storage.unflushed();
  const look = (): void => {
    if (world.version() === version && world.storage.unflushed() === pending) return;
    version = world.version();
    pending = world.storage.unflushed();
    remains.push(...remainsOf(world, `${name} dies after call ${stage.scheduler.steps()}`));
  };
  let isOpen = true;
  const done = (): void => {
    isOpen = false;
  };
  begin(stage).then(done, done);
  while (isOpen && (await step(stage)) === 'moved') look();
  return remains;
}

const scheduleWith = (world: WorldOptions, bursts: Schedule['bursts']): Schedule => ({
  seed: 1,
  world,
  start: 'fresh',
  acts: [],
  order: 'asAsked',
  ending: 'killed',
  bursts,
});

/** What people did before a rollback with merge: one row changed, one added, one removed. */
function drift({ database, edits }: World): void {
  database.app.update('tasks', { id: 't1' }, { title: '§changed' });
  database.app.insert('tasks', { id: 't9', title: '§added' });
  database.app.remove('environments', { id: 'e3' });
  for (const [table, id] of [
    ['tasks', 't1'],
    ['tasks', 't9'],
    ['environments', 'e3'],
  ] as const) {
    const row = database.app.rows(table).find((one) => one.id === id) ?? null;
    edits.rows.set(`${table} ${id}`, { table, id, row });
  }
}

/** Recovers as an app does after a crash, a person answering whatever is asked. */
async function recoverOnce(stage: Stage, name: string): Promise<void> {
  const process = startOn(stage, name);
  for (let round = 0; round < 4; round++) {
    const found = await process.client.recover();
    if (found.action !== 'waiting') return;
    decideOn(stage, process, 0);
  }
}

/** Every crash point of a run, times every crash point of its recovery, times every way in which a crash loses data. */
export async function exhaustDoubleCrash(options: ExhaustiveOptions): Promise<ExhaustiveReport> {
  const world: WorldOptions = { ...WORLD, shape: options.shape ?? SIX_ITEMS, ...options.world };
  const schedule = scheduleWith(world, options.bursts ?? 'lost');
  const fresh = freshImage(world.shape);
  const image = options.run === 'migration' ? fresh : await migratedImage(world.shape, world.source, 'migrated');
  const stageOn = (remains: Pick<Remains, 'image' | 'edits'>): Stage =>
    createStage(schedule, createWorld(world, remains.image, fresh, 'hash', cloneEdits(remains.edits)));
  const violations: string[] = [];
  const first = stageOn({ image, edits: noEdits() });
  if (options.run === 'rollback with merge') drift(first.world);
  const start = remainsOf(first.world, 'nothing has happened');
  const crashes = await remainsDuring(
    first,
    async (stage) => {
      const { client } = startOn(stage, 'first');
      await (options.run === 'migration' ? client.migrate() : client.rollback({ reason: 'USER_REQUEST' }));
    },
    'the run',
  );
  const points = 2 * first.scheduler.steps();
  let pairs = 0;
  let runs = 0;
  const finish = async (remains: Remains): Promise<void> => {
    runs += 1;
    const stage = stageOn(remains);
    await endSchedule(stage);
    for (const violation of stage.world.guards.violations)
      violations.push(`${options.run}, ${remains.at}: ${violation}`);
  };
  for (const one of [...start, ...crashes]) {
    const stage = stageOn(one);
    const again = await remainsDuring(stage, (on) => recoverOnce(on, 'second'), `${one.at}, its recovery`);
    pairs += 2 * stage.scheduler.steps();
    for (const violation of stage.world.guards.violations) violations.push(`${options.run}, ${one.at}: ${violation}`);
    for (const two of [one, ...again]) await finish(two);
  }
  return { points, pairs, runs, violations };
}
