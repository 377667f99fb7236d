import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollbackMeta } from '../../src/machines/rollback/meta.ts';
import type { RollbackResult } from '../../src/runtime/status-types.ts';
import { inFolder } from '../adapters/temporary-folder.ts';
import { type Child, startChild } from './child-process.ts';
import { createTables, type FileApp, openFileApp } from './children/open-app.ts';

const SLOW = 300_000;

const TASKS =
  '{"state":{"tasks":[{"id":"a","title":"A \\u0026 B","done":false},{"id":"b","title":"\\/","done":true,"extra":1.0}],"filter":1.0},"version":3}';

const CONTENT: Readonly<Record<string, string>> = {
  'task-store': TASKS,
  environments: '{ "e1" : {"name":"Eins"} }',
  'draft:1': 'half a sentence \ud800 \u202eright to left',
  'draft:': '',
  settings: '{"broken',
  length: 'somebody else’s',
  'session\ntoken': 'secret',
};

const OTHERS = [{ id: 'before', title: 'was there before', done: true }];

async function prepared(folder: string): Promise<string> {
  const own = join(folder, 'app');
  await mkdir(own);
  await writeFile(join(own, 'storage.json'), JSON.stringify(CONTENT));
  await createTables(own);
  return own;
}

/** The folder as it was when `keep` was called, again and again: a storage in a file is known by its path. */
async function keep(folder: string): Promise<() => Promise<void>> {
  const copy = `${folder}-as-it-was`;
  await cp(folder, copy, { recursive: true });
  return async () => {
    await rm(folder, { recursive: true });
    await cp(copy, folder, { recursive: true });
  };
}

async function withApp<T>(folder: string, work: (app: FileApp) => Promise<T>): Promise<T> {
  const app = await openFileApp(folder);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** Every key but backpedal's own. */
async function storageOf({ storage }: FileApp): Promise<Record<string, string | null>> {
  const keys = (await storage.keys()).filter((key) => !key.startsWith('backpedal:'));
  return Object.fromEntries(await storage.read(keys));
}

/** Runs a child until it enters a state and stands still there; the child is gone afterwards, whatever happens. */
async function untilIn<T>(args: readonly string[], work: (child: Child) => Promise<T>): Promise<T> {
  const child = startChild('runner.ts', args);
  try {
    expect([args[2], await child.line()]).toEqual([args[2], 'reached']);
    return await work(child);
  } finally {
    await child.kill();
  }
}

const ROLLBACK_STATES = [
  'preparing.inspecting',
  'preparing.locking',
  'preparing.stopping',
  'preparing.loadingBackup',
  'executing.clearingDatabase',
  'executing.invalidatingCache',
  'executing.preparingRestore',
  'executing.restoringStorage',
  'verifying.verifyingData',
  'verifying.cleaningState',
  'finishing.announcing',
];

const MIGRATION_STATES = [
  'preparing.surveying',
  'preparing.locking',
  'preparing.stopping',
  'preparing.backingUp',
  'copying.copyingBatch',
  'copying.verifyingCopy',
  'copying.takingDigests',
  'clearingSource',
  'finishing.closing',
  'finishing.announcing',
];

/** States of an undoing rollback, with the state in which the person cancels. */
const UNDOING = [
  ['compensating.undoingClear', 'executing.preparingRestore'],
  ['compensating.undoingRestore', 'executing.restoringStorage'],
  ['finishing.releasing', 'executing.restoringStorage'],
] as const;

describe('a process that is killed', () => {
  it('RB18 covers every state of a rollback that goes well', () => {
    const states = new Set(ROLLBACK_STATES.map((state) => state.split('.')[1]));
    const others = [
      ...['deciding', 'standingDown', 'recoveringBackup', 'requestingManualRecovery', 'resolvingClear', 'reclaiming'],
      ...[
        'undoingRestore',
        'undoingClear',
        'releasing',
        'lockingDown',
        'rolledBack',
        'unchanged',
        'safeMode',
        'unlocked',
      ],
    ];
    expect(
      Object.keys(rollbackMeta)
        .filter((state) => !states.has(state))
        .sort(),
    ).toEqual(others.sort());
  });

  it('RB18 RB2 in any state of a rollback: the next one brings every key back, byte for byte', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const own = await prepared(folder);
      await withApp(own, ({ client }) => client.migrate());
      const setBack = await keep(own);
      for (const state of ROLLBACK_STATES) {
        await setBack();
        await untilIn([own, 'rollback', state], async () => {});
        await withApp(own, async (app) => {
          const { action, rollback } = await app.client.recover();
          expect([state, action, rollback?.outcome]).toEqual([state, 'resumed', 'rolledBack']);
          expect([state, await storageOf(app)]).toEqual([state, CONTENT]);
          expect([state, await app.rows()]).toEqual([state, OTHERS]);
        });
      }
    }),
  );

  it(
    'RB18 RB3 between Clear Database and Restore LocalStorage with drift: it is merged all the same',
    { timeout: SLOW },
    () =>
      inFolder(async (folder) => {
        const own = await prepared(folder);
        await withApp(own, async (app) => {
          await app.client.migrate();
          await app.insertTask('n', 'added');
          await app.removeTask('b');
        });
        await untilIn([own, 'merge', 'executing.preparingRestore'], async () => {});
        await withApp(own, async (app) => {
          expect(await app.client.recover()).toMatchObject({ action: 'resumed', rollback: { outcome: 'rolledBack' } });
          expect(await storageOf(app)).toEqual({
            ...CONTENT,
            'task-store':
              '{"state":{"tasks":[{"id":"a","title":"A \\u0026 B","done":false},{"id":"n","title":"added","done":null}],"filter":1.0},"version":3}',
          });
          expect(await app.rows()).toEqual(OTHERS);
        });
      }),
  );

  it('RB18 RB10 while a rollback is undone: nothing has been changed, and the next one works', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const own = await prepared(folder);
      const before = await withApp(own, async (app) => {
        await app.client.migrate();
        return [await storageOf(app), await app.rows()];
      });
      const setBack = await keep(own);
      for (const [state, cancelIn] of UNDOING) {
        await setBack();
        await untilIn([own, 'rollback', state, cancelIn], async () => {});
        await withApp(own, async (app) => {
          const { rollback } = await app.client.recover();
          expect([state, rollback?.outcome]).toEqual([state, 'unchanged']);
          expect([state, await storageOf(app), await app.rows()]).toEqual([state, ...before]);
          await app.client.rollback({ reason: 'USER_REQUEST' });
          expect([state, await storageOf(app), await app.rows()]).toEqual([state, CONTENT, OTHERS]);
        });
      }
    }),
  );

  it('MI9 RB2 in any state of a migration: it goes on, and can be taken back byte for byte', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const own = await prepared(folder);
      const setBack = await keep(own);
      for (const state of MIGRATION_STATES) {
        await setBack();
        await untilIn([own, 'migrate', state], async () => {});
        await withApp(own, async (app) => {
          const { action, migration } = await app.client.recover();
          expect([state, action, migration?.outcome]).toEqual([state, 'resumed', 'migrated']);
          expect([state, await app.rows()]).toHaveProperty('1.length', 4);
          expect(Object.keys(await storageOf(app))).not.toContain('task-store');
          await app.client.rollback({ reason: 'USER_REQUEST' });
          expect([state, await storageOf(app), await app.rows()]).toEqual([state, CONTENT, OTHERS]);
        });
      }
    }),
  );
});

describe('a rollback in another process', () => {
  let app: FileApp;
  let child: Child;
  let leave: () => void = () => {};
  let left: Promise<void>;

  beforeAll(async () => {
    await new Promise<void>((ready, fail) => {
      left = inFolder(async (folder) => {
        const own = await prepared(folder);
        app = await openFileApp(own);
        await app.client.migrate();
        child = startChild('runner.ts', [own, 'rollback', 'executing.restoringStorage']);
        expect(await child.line()).toBe('reached');
        ready();
        await new Promise<void>((resolve) => {
          leave = resolve;
        });
        await app.close();
      });
      left.catch(fail);
    });
  }, SLOW);

  afterAll(async () => {
    await child.kill();
    leave();
    await left;
  }, SLOW);

  it('RB16 keeps a second one from beginning, with the words of the procedure', async () => {
    const refused = await app.client.rollback({ reason: 'USER_REQUEST' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'RUN_IN_PROGRESS', message: 'Rollback already in progress' });
    expect(await app.client.canRollback()).toMatchObject({
      canRollback: false,
      reason: 'Rollback already in progress',
    });
    await expect(app.client.migrate()).rejects.toMatchObject({ code: 'RUN_IN_PROGRESS' });
    expect(await app.client.recover()).toMatchObject({ action: 'waiting' });
  });

  it('RB16 RB18 is taken over once that process has been killed', async () => {
    await child.kill();
    const { action, rollback } = await app.client.recover();
    const { outcome } = rollback as RollbackResult;
    expect([action, outcome]).toEqual(['resumed', 'rolledBack']);
    expect([await storageOf(app), await app.rows()]).toEqual([CONTENT, OTHERS]);
  });
});
