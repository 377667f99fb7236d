import type { Backpedal } from '../../src/runtime/public-types.ts';
import { witness } from '../support/invariants.ts';
import { drift } from '../support/scenarios.ts';
import { type Answers, dieIn, recoverWith, type Scene } from './scene.ts';

/** Something that a client is asked to do, and the world in which it is asked. */
export interface Situation {
  readonly name: string;
  /** Brings the world to where the client begins, without faults. */
  setUp(scene: Scene): Promise<void>;
  act(client: Backpedal, scene: Scene): Promise<unknown>;
  readonly answers: Answers;
  /** Set where the backups are gone before anything fails, so that a key need not be kept. */
  readonly custody?: 'rows';
  /** `begins`: it is locked before anything fails. `may`: it lacks so much that one fault more is one too many. */
  readonly locked?: 'begins' | 'may';
}

const migrate = async (scene: Scene): Promise<void> => {
  await scene.until(scene.start().client.migrate());
  scene.mark('MIGRATED');
};

const migrateAndDrift = async (scene: Scene): Promise<void> => {
  await migrate(scene);
  drift(scene.world);
  scene.mark('MIGRATED');
};

const rollBack = (policy: 'merge' | 'discard') => (client: Backpedal) =>
  client.rollback({ reason: 'USER_REQUEST', onDrift: policy });

const rolledBack = async (scene: Scene): Promise<void> => {
  await migrateAndDrift(scene);
  await scene.until(rollBack('merge')(scene.start().client));
  scene.mark('ROLLED_BACK');
};

const recovering =
  (answers: Answers): Situation['act'] =>
  (client, { world }) =>
    recoverWith(world.clock, client, answers);

const recovery = (name: string, setUp: Situation['setUp'], answers: Answers = {}): Situation => ({
  name: `recover() ${name}`,
  setUp,
  act: recovering(answers),
  answers,
});

const openMigration = (state: string): Situation =>
  recovery(`with a migration open in ${state}`, (scene) => dieIn(scene, state, (client) => client.migrate()));

const openRollback = (state: string): Situation =>
  recovery(`with a rollback open in ${state}`, async (scene) => {
    await migrateAndDrift(scene);
    await dieIn(scene, state, rollBack('merge'));
  });

/** Damages the first record of the journal, so that all of it is lost. */
function loseJournal({ world }: Scene): void {
  const [first = ''] = [...world.vault.disk.keys()].filter((name) => name.includes('/journal')).sort();
  world.vault.disk.set(first, `${world.vault.disk.get(first)} `);
}

const lostJournal = (name: string, setUp: Situation['setUp']): Situation => ({
  ...recovery(`with a lost journal ${name}`, async (scene) => {
    await setUp(scene);
    loseJournal(scene);
  }),
  locked: 'may',
});

/** The browser has lost what was written into storage since then. */
function loseBurst({ world }: Scene, before: readonly (readonly [string, string])[]): void {
  world.storage.clear();
  for (const [key, value] of before) world.storage.setItem(key, value);
}

const lostBurst: Situation = recovery('with a lost burst', async (scene) => {
  await migrateAndDrift(scene);
  const before = scene.world.storage.entries();
  await scene.until(rollBack('merge')(scene.start().client));
  scene.mark('ROLLED_BACK');
  loseBurst(scene, before);
});

const FOREIGN = ['length', '__proto__', 'session-token'];

/** Somebody logs out; what belongs to other people comes back as they log in again. */
function emptyStorage(scene: Scene): void {
  const { world } = scene;
  scene.abandonEdits();
  const foreign = world.storage.entries().filter(([key]) => FOREIGN.includes(key));
  world.storage.clear();
  for (const [key, value] of foreign) world.storage.setItem(key, value);
}

/** Where the rows are the data again, storage stays as the person wants it. */
function keepsEmpty({ world, ends }: Scene): void {
  ends.set('MIGRATED', { storage: witness(world).storage, tables: ends.get('MIGRATED')?.tables ?? new Map() });
}

const emptied = (choice: 'restore' | 'keepEmpty'): Situation =>
  recovery(
    `with an emptied storage, answered ${choice}`,
    async (scene) => {
      await rolledBack(scene);
      emptyStorage(scene);
      if (choice !== 'keepEmpty') return;
      scene.mark('ROLLED_BACK');
      keepsEmpty(scene);
    },
    { emptiedStorage: choice },
  );

const emptiedOpen = (choice: 'restore' | 'keepEmpty'): Situation => ({
  ...recovery(
    `with an emptied storage and an open rollback, answered ${choice}`,
    async (scene) => {
      await migrateAndDrift(scene);
      await dieIn(scene, 'preparingRestore', rollBack('merge'));
      emptyStorage(scene);
      keepsEmpty(scene);
    },
    { emptiedStorage: choice },
  ),
  // Where it stays empty the clearing is undone, and an undoing that fails locks the run.
  ...(choice === 'keepEmpty' ? { locked: 'may' } : {}),
});

const DAY = 86_400_000;

/** Cache, notifications and late rows are owed. */
const debts: Situation = recovery('with debts', async (scene) => {
  await migrate(scene);
  const { client, kill } = scene.start();
  await scene.until(rollBack('discard')(client));
  kill();
  scene.mark('ROLLED_BACK');
  scene.world.clock.jump(DAY);
  scene.world.cache.set('task:a', 'old');
  scene.world.database.insert('tasks', { id: 'late', title: 'late', done: null });
});

/** Every compensation fails, and the run locks itself. */
async function lock(scene: Scene): Promise<void> {
  await migrateAndDrift(scene);
  const { storage } = scene.world;
  const { open } = storage;
  let reads = 0;
  const broken = Object.assign(storage, {
    open: (death: AbortSignal) => {
      const base = open(death);
      const read: typeof base.read = async (keys) => {
        reads += 1;
        if (reads >= 8) throw new Error('told to fail');
        return base.read(keys);
      };
      return { ...base, read };
    },
  });
  const result = await scene.until(rollBack('merge')(scene.start().client));
  broken.open = open;
  if (result.outcome !== 'safeMode') throw new Error(`It ended ${result.outcome}.`);
}

/** Damages every backup but those that `spared` names, in what no row says. */
function damageBackups({ world }: Scene, spared: readonly string[] = []): void {
  for (const [name, text] of world.vault.disk)
    if (name.endsWith('/content') && !spared.includes(name))
      world.vault.disk.set(name, text.replace('"filter":1.0', '"filter":2.0'));
}

const emergency = (name: string, setUp: Situation['setUp'], answers: Answers): Situation => ({
  name: `rollback ${name}`,
  setUp,
  act: rollBack('merge'),
  answers,
  custody: 'rows',
});

const withoutBackup = async (scene: Scene): Promise<void> => {
  await migrate(scene);
  damageBackups(scene);
};

const withOlderBackup = async (scene: Scene): Promise<void> => {
  await rolledBack(scene);
  scene.proved.push(witness(scene.world));
  const older = [...scene.world.vault.disk.keys()];
  await migrate(scene);
  damageBackups(scene, older);
};

/** Everything that is done while operations fail. */
export const SITUATIONS: readonly Situation[] = [
  { name: 'migrate', setUp: async () => {}, act: (client) => client.migrate(), answers: {} },
  { name: 'rollback without drift', setUp: migrate, act: rollBack('merge'), answers: {} },
  { name: 'rollback that merges', setUp: migrateAndDrift, act: rollBack('merge'), answers: {} },
  { name: 'rollback that discards', setUp: migrateAndDrift, act: rollBack('discard'), answers: {} },
  {
    name: 'rollback that asks, answered merge',
    setUp: migrateAndDrift,
    act: (client) => client.rollback({ reason: 'USER_REQUEST' }),
    answers: { drift: 'merge' },
  },
  emergency('without its backup, answered useReconstruction', withoutBackup, { reconstruction: 'useReconstruction' }),
  emergency('without its backup, answered stop', withoutBackup, { reconstruction: 'stop' }),
  emergency('without its backup, answered useOlderBackup', withOlderBackup, { olderBackup: 'useOlderBackup' }),
  recovery('with nothing to do', migrate),
  openMigration('copyingBatch'),
  openMigration('clearingSource'),
  openRollback('loadingBackup'),
  openRollback('clearingDatabase'),
  openRollback('restoringStorage'),
  openRollback('verifyingData'),
  lostJournal('of a migration that had ended', migrate),
  lostJournal('of a migration that was copying', (scene) =>
    dieIn(scene, 'verifyingCopy', (client) => client.migrate()),
  ),
  lostJournal('of a rollback that had not cleared', async (scene) => {
    await migrateAndDrift(scene);
    await dieIn(scene, 'clearingDatabase', rollBack('merge'));
  }),
  lostJournal('of a rollback that had cleared', async (scene) => {
    await migrateAndDrift(scene);
    await dieIn(scene, 'preparingRestore', rollBack('merge'));
  }),
  lostJournal('of a rollback that had restored', async (scene) => {
    await migrateAndDrift(scene);
    await dieIn(scene, 'cleaningState', rollBack('merge'));
  }),
  lostBurst,
  emptied('restore'),
  emptied('keepEmpty'),
  emptiedOpen('restore'),
  emptiedOpen('keepEmpty'),
  debts,
  { ...recovery('in safe mode', lock), locked: 'begins' },
  {
    name: 'unlock',
    setUp: lock,
    act: (client) => client.unlock({ reason: 'looked at it' }),
    answers: {},
    locked: 'begins',
  },
];
