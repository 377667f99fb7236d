import type { Act, Schedule, WorldOptions } from '../../src/testing/index.ts';
import { SHAPES } from '../../src/testing/index.ts';

/** A schedule in which something was wrong once, shrunk. */
interface Regression {
  /** What was wrong, in a few words. */
  readonly wrong: string;
  readonly schedule: Schedule;
}

const WORLD: WorldOptions = {
  shape: SHAPES[0] as WorldOptions['shape'],
  source: 'clear',
  onDrift: 'ask',
  storage: 'browser',
  vault: 'strict',
  database: 'server',
  cache: 'absent',
  lock: 'present',
};

const shapeOf = (name: string): WorldOptions['shape'] =>
  SHAPES.find((shape) => shape.name === name) as WorldOptions['shape'];

const at = (after: number, deed: Act['deed']): Act => ({ when: { after }, deed });

const schedule = (
  facts: Pick<Schedule, 'acts'> & Partial<Omit<Schedule, 'world'>> & { readonly world?: Partial<WorldOptions> },
): Schedule => ({
  seed: 1,
  start: 'migrated',
  order: 'asAsked',
  ending: 'killed',
  bursts: 'lost',
  ...facts,
  world: { ...WORLD, ...facts.world },
});

/** Found by the simulator, and mended since. */
export const REGRESSIONS: readonly Regression[] = [
  {
    wrong: 'a tab whose run another one took over and ended lets its writers work again',
    schedule: schedule({
      seed: 82,
      ending: 'left',
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        at(35, { do: 'freeze', moment: 'after' }),
        at(0, { do: 'start', wish: 'recover' }),
      ],
    }),
  },
  {
    wrong: 'a tab that took up a run which ended meanwhile lets its writers work again',
    schedule: schedule({
      seed: 56,
      start: 'fresh',
      ending: 'closed',
      world: { lock: 'absent' },
      acts: [at(0, { do: 'start', wish: 'migrate' }), at(46, { do: 'start', wish: 'recover' })],
    }),
  },
  {
    wrong: 'an emptied storage starts the marker anew, and the lost burst after it is noticed all the same',
    schedule: schedule({
      seed: 175,
      ending: 'closed',
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'rollback executing.clearingDatabase', calls: 0 }, deed: { do: 'empty' } },
      ],
    }),
  },
  {
    wrong: 'a burst that was cut off over an emptied storage is asked about',
    schedule: schedule({
      seed: 337,
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'rollback executing.preparingRestore', calls: 0 }, deed: { do: 'die', moment: 'before' } },
        at(0, { do: 'empty' }),
        at(0, { do: 'flush' }),
      ],
    }),
  },
  {
    wrong: 'a burst that is lost after three starts is noticed by the next one, however late',
    schedule: schedule({
      seed: 484,
      start: 'fresh',
      ending: 'closed',
      acts: [
        at(0, { do: 'start', wish: 'migrate' }),
        at(200, { do: 'start', wish: 'recover' }),
        at(200, { do: 'start', wish: 'recover' }),
        at(200, { do: 'start', wish: 'recover' }),
      ],
    }),
  },
  {
    wrong: 'a crash recovery that died is taken up on the same storage',
    schedule: schedule({
      seed: 657,
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        at(200, { do: 'crash', plan: { kept: 0, torn: 0.9 } }),
        at(0, { do: 'start', wish: 'recover' }),
        at(34, { do: 'crash', plan: { kept: 0, torn: 0.9 } }),
      ],
    }),
  },
  {
    wrong: 'a storage that hangs while a run is looked at keeps nobody from recovering for ever',
    schedule: schedule({
      seed: 978,
      ending: 'left',
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        at(29, { do: 'die', moment: 'after' }),
        at(60, { do: 'start', wish: 'recover' }),
        at(2, { do: 'fail', fate: { kind: 'hangs' }, port: 'storage', more: 3 }),
      ],
    }),
  },
  {
    wrong: 'where the backup of the migration is damaged, stale rows leave the cache all the same',
    schedule: schedule({
      seed: 3899,
      world: { source: 'keep', cache: 'present' },
      acts: [
        at(0, { do: 'damage', part: 'head' }),
        at(0, { do: 'read', table: 1, id: 0, delay: 2 }),
        at(0, { do: 'start', wish: 'rollback' }),
      ],
    }),
  },
  {
    wrong: 'a resumed restore that is tried again does not overwrite what the app wrote after it was prepared',
    schedule: schedule({
      seed: 301_137,
      world: { shape: SHAPES[3] as WorldOptions['shape'], storage: 'file', database: 'image' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'rollback executing.preparingRestore', calls: 5 }, deed: { do: 'write', key: 0, value: 0 } },
        { when: { state: 'rollback executing.restoringStorage', calls: 0 }, deed: { do: 'die', moment: 'before' } },
        at(0, { do: 'start', wish: 'recover' }),
        {
          when: { state: 'rollback executing.restoringStorage', calls: 0 },
          deed: { do: 'fail', fate: { kind: 'answerLost' }, port: 'database', more: 0 },
        },
      ],
    }),
  },
  {
    wrong: 'where the browser kept the beginning of a burst and lost its undoing, that beginning is undone',
    schedule: schedule({
      seed: 301_711,
      world: { onDrift: 'merge', shape: SHAPES[3] as WorldOptions['shape'] },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        {
          when: { state: 'rollback verifying.verifyingData', calls: 0 },
          deed: { do: 'fail', fate: { kind: 'fails', persistence: 'permanent' }, more: 0 },
        },
        at(500, { do: 'crash', plan: { kept: 0.4, torn: 0.9 } }),
      ],
    }),
  },
  {
    wrong: 'an append to the journal that comes through after it was given up does not set its writer back',
    schedule: schedule({
      seed: 302_891,
      order: 'seeded',
      ending: 'left',
      world: { shape: SHAPES[4] as WorldOptions['shape'] },
      acts: [
        at(0, { do: 'damage', part: 'head' }),
        at(0, { do: 'start', wish: 'rollback' }),
        {
          when: { state: 'rollback preparing.recoveringBackup', calls: 0 },
          deed: { do: 'fillMemory', looks: 1 },
        },
        at(6, { do: 'fail', fate: { kind: 'late', milliseconds: 45_000 }, more: 5 }),
        at(32, { do: 'fail', fate: { kind: 'hangsAfter' }, more: 6 }),
        at(31, { do: 'fillMemory', looks: 1 }),
      ],
    }),
  },
  {
    wrong:
      'the beginning of a burst that cleared a source, kept without its marker and without what put it back, is undone',
    schedule: schedule({
      seed: 900_348,
      start: 'fresh',
      order: 'seeded',
      acts: [
        at(0, { do: 'start', wish: 'migrate' }),
        { when: { state: 'migration clearingSource', calls: 0 }, deed: { do: 'cancel' } },
        { when: { state: 'rollback preparing.inspecting', calls: 0 }, deed: { do: 'cancel' } },
      ],
    }),
  },
  {
    wrong: 'a thawed holder that follows its run elsewhere does not hold the lock, and the next start goes on',
    schedule: schedule({
      seed: 900_442,
      start: 'fresh',
      ending: 'left',
      world: {
        shape: shapeOf('entities, and text in text'),
        source: 'keep',
        storage: 'file',
        database: 'image',
      },
      acts: [
        at(0, { do: 'start', wish: 'migrate' }),
        at(23, { do: 'start', wish: 'rollback', onDrift: 'discard' }),
        at(1, { do: 'start', wish: 'rollback', onDrift: 'merge' }),
        at(19, { do: 'freeze', moment: 'after' }),
        at(0, { do: 'cancel' }),
        at(16, { do: 'die', moment: 'after' }),
      ],
    }),
  },
  {
    wrong: 'a lock that was granted to a process which was told otherwise keeps nobody from answering',
    schedule: schedule({
      seed: 902_285,
      ending: 'closed',
      world: { shape: shapeOf('paths'), storage: 'file' },
      acts: [
        at(0, { do: 'row', table: 0, id: 5, change: 0 }),
        at(0, { do: 'start', wish: 'rollback' }),
        at(0, { do: 'fail', fate: { kind: 'answerLost' }, more: 0 }),
      ],
    }),
  },
  {
    wrong: 'a closed tab lets its writers work again when the run that it had stopped them for has ended elsewhere',
    schedule: schedule({
      seed: 8200,
      ending: 'closed',
      world: { shape: shapeOf('a key per item'), storage: 'file', lock: 'absent' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'rollback executing.preparingRestore', calls: 0 }, deed: { do: 'freeze', moment: 'before' } },
        at(0, { do: 'start', wish: 'recover' }),
        at(0, { do: 'freeze', moment: 'after' }),
      ],
    }),
  },
  {
    wrong: 'a recovery that was frozen does not go on with a run which has ended meanwhile, over a migration since',
    schedule: schedule({
      seed: 9403,
      ending: 'closed',
      world: { shape: shapeOf('one key for both'), storage: 'file', lock: 'absent' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        at(60, { do: 'start', wish: 'recover' }),
        at(4, { do: 'freeze', moment: 'before' }),
        at(0, { do: 'start', wish: 'migrate', onDrift: 'ask' }),
      ],
    }),
  },
  {
    wrong: 'a migration does not take for the source what the browser has left of a rollback',
    schedule: schedule({
      seed: 9403,
      world: { shape: shapeOf('one key for both'), lock: 'absent' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        at(80, { do: 'crash', plan: { kept: 0.35, torn: 0.9 } }),
        at(0, { do: 'start', wish: 'migrate' }),
      ],
    }),
  },
  {
    wrong: 'a rollback that had written nothing is not undone at every start',
    schedule: schedule({
      seed: 15_471,
      world: { shape: shapeOf('one key for both'), storage: 'file', onDrift: 'discard' },
      acts: [
        at(0, { do: 'write', key: 0, value: 2 }),
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'rollback executing.restoringStorage', calls: 0 }, deed: { do: 'cancel' } },
      ],
    }),
  },
  {
    wrong:
      'cancelling while a recovery of the same client goes on with the run leaves no rejection that nobody handles',
    schedule: schedule({
      seed: 28_804,
      start: 'fresh',
      world: { source: 'keep', database: 'image', shape: shapeOf('one item') },
      acts: [
        at(0, { do: 'start', wish: 'migrate' }),
        at(40, { do: 'crash', plan: { kept: 0.016734871082007885, torn: 0.959578720619902 } }),
        at(60, { do: 'start', wish: 'recover' }),
        at(4, { do: 'thaw' }),
        at(21, { do: 'fail', fate: { kind: 'fails', persistence: 'transient' }, more: 0 }),
        at(2, { do: 'die', moment: 'after' }),
        at(60, { do: 'start', wish: 'recover' }),
        at(22, { do: 'cancel' }),
        at(6, { do: 'fail', fate: { kind: 'answerLost' }, more: 0 }),
      ],
    }),
  },
  {
    wrong:
      'a burst that is lost with its marker is seen although a new item of the app’s own lies beside what was overwritten',
    schedule: schedule({
      seed: 34_793,
      world: { shape: shapeOf('a key per item'), onDrift: 'discard' },
      acts: [
        at(0, { do: 'damage', part: 'head' }),
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'rollback preparing.recoveringBackup', calls: 0 }, deed: { do: 'empty' } },
        at(0, { do: 'write', key: 5, value: 3 }),
      ],
    }),
  },
  {
    wrong: 'writers that stand still for a command which never answers work again when the recovery has given up',
    schedule: schedule({
      seed: 35_267,
      ending: 'closed',
      world: { shape: shapeOf('paths'), onDrift: 'merge' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        at(22, { do: 'write', key: 9, value: 2 }),
        at(2, { do: 'start', wish: 'recover', onDrift: 'ask' }),
        at(39, { do: 'fail', fate: { kind: 'answerLost' }, more: 0 }),
        at(27, { do: 'crash', plan: { kept: 0.04760085581801832, torn: 0.7918840406928211 } }),
        at(0, { do: 'start', wish: 'recover', onDrift: 'ask' }),
        at(38, { do: 'fail', fate: { kind: 'hangsAfter' }, more: 3 }),
      ],
    }),
  },
  {
    wrong: 'a burst that is lost with its marker is seen although the app had written what it overwrote',
    schedule: schedule({
      seed: 35_370,
      world: { shape: shapeOf('paths'), onDrift: 'discard' },
      acts: [
        at(0, { do: 'damage', part: 'head' }),
        at(0, { do: 'empty' }),
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'rollback preparing.recoveringBackup', calls: 1 }, deed: { do: 'write', key: 1, value: 0 } },
      ],
    }),
  },
  {
    wrong: 'a cancellation and a start that still looks around carry the same run out twice, and writers stand still',
    schedule: schedule({
      seed: 504_193,
      order: 'seeded',
      ending: 'left',
      world: { shape: shapeOf('entities, and text in text'), storage: 'file' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        at(32, { do: 'crash', plan: { kept: 0.24203601176850498, torn: 0.10389379155822098 } }),
        at(0, { do: 'start', wish: 'recover' }),
        at(19, { do: 'cancel' }),
      ],
    }),
  },
  {
    wrong: 'merged text is left in storage when the browser loses the burst that undid a rollback',
    schedule: schedule({
      seed: 525_587,
      world: { shape: shapeOf('one item'), onDrift: 'merge', cache: 'present' },
      acts: [
        at(0, { do: 'row', table: 0, id: 3, change: 1 }),
        at(0, { do: 'start', wish: 'rollback' }),
        at(0, { do: 'decide', choice: 1 }),
        at(23, { do: 'fail', fate: { kind: 'fails', persistence: 'transient' }, more: 0 }),
        at(39, { do: 'start', wish: 'recover', onDrift: 'discard' }),
        at(0, { do: 'fail', fate: { kind: 'fails', persistence: 'permanent' }, more: 0 }),
      ],
    }),
  },
  {
    wrong: 'a lost burst is not written again after a further migration that left everything as it was',
    schedule: schedule({
      seed: 551_601,
      world: { shape: shapeOf('entities, and text in text'), onDrift: 'discard', lock: 'absent' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'crashRecovery acting.restoringAgain', calls: 0 }, deed: { do: 'cancel' } },
        at(0, { do: 'start', wish: 'migrate', onDrift: 'discard' }),
        at(0, { do: 'row', table: 0, id: 3, change: 0 }),
      ],
    }),
  },
  {
    wrong: 'writers stand still for ever that were stopped for a run which then could not be taken up',
    schedule: schedule({
      seed: 599_084,
      ending: 'left',
      world: { shape: shapeOf('paths'), onDrift: 'merge', storage: 'file', cache: 'present' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        {
          when: { state: 'rollback verifying.verifyingData', calls: 3 },
          deed: { do: 'fail', fate: { kind: 'late', milliseconds: 45_000 }, more: 0 },
        },
        at(1, { do: 'start', wish: 'recover' }),
        at(38, { do: 'fail', fate: { kind: 'fails', persistence: 'transient' }, more: 3 }),
        at(0, { do: 'freeze', moment: 'before' }),
        at(0, { do: 'cancel' }),
      ],
    }),
  },
  {
    wrong: 'a migration that is taken up takes for its source what the browser has left of a rollback',
    schedule: schedule({
      seed: 628_390,
      ending: 'crashed',
      world: { shape: shapeOf('one key for both'), onDrift: 'discard' },
      acts: [
        at(0, { do: 'start', wish: 'rollback' }),
        { when: { state: 'crashRecovery ending.announcing', calls: 0 }, deed: { do: 'write', key: 7, value: 2 } },
        at(0, { do: 'start', wish: 'migrate', onDrift: 'merge' }),
        at(37, { do: 'die', moment: 'after' }),
      ],
    }),
  },
];
