import { describe, expect, it } from 'vitest';
import { type Backpedal, createBackpedal } from '../../src/index.ts';
import { withFaults } from '../../src/testing/index.ts';
import { asking, codeOf, DEFINITION, device, imageOf, keysOf, migrated } from './kit.ts';

/** Calls as somebody without types would make them. */
type Call = (client: Backpedal, lie: never) => Promise<unknown>;

const REASON = { reason: 'USER_REQUEST' };

const LIES: readonly (readonly [name: string, call: Call, lies: readonly unknown[]])[] = [
  ['migrate', (client, lie) => client.migrate(lie), [null, 'x', 7, { signal: {} }, { signal: 'x' }, { abort: 1 }]],
  [
    'rollback',
    (client, lie) => client.rollback(lie),
    [
      undefined,
      null,
      'USER_REQUEST',
      {},
      { reason: 'BECAUSE' },
      { reason: 7 },
      { reason: 'toString' },
      { ...REASON, detail: 7 },
      { ...REASON, detail: 'x'.repeat(301) },
      { ...REASON, onDrift: 'overwrite' },
      { ...REASON, onDrift: null },
      { ...REASON, backupId: '../../etc/passwd' },
      { ...REASON, backupId: '' },
      { ...REASON, backupId: ['a-2'] },
      { ...REASON, signal: true },
      { ...REASON, ondrift: 'merge' },
      { ...REASON, whatever: 1 },
      JSON.parse('{"reason":"USER_REQUEST","__proto__":{"onDrift":"discard"}}'),
      Object.create(REASON),
    ],
  ],
  ['plan', (client, lie) => client.plan(lie), [null, 7, { backupId: 'a/b' }, { onDrift: 'x' }, { backup: 'a-2' }]],
  ['drill', (client, lie) => client.drill(lie), [null, { backupId: '' }, { onDrift: 'merge' }]],
  [
    'decide',
    (client, lie) => client.decide(lie),
    [
      undefined,
      null,
      {},
      { question: 'drift' },
      { question: 'drift', choice: 'ask' },
      { question: 'other', choice: 'merge' },
      { question: 'drift', choice: 'merge', driftDigest: 7 },
      { question: 'drift', choice: 'merge', digest: 'x' },
    ],
  ],
  [
    'unlock',
    (client, lie) => client.unlock(lie),
    [undefined, null, {}, { reason: '' }, { reason: ' \n' }, { reason: 7 }, { reason: 'x'.repeat(301) }],
  ],
  ['backups.import', (client, lie) => client.backups.import(lie), [undefined, null, 7, {}]],
  ['audit.list', (client, lie) => client.audit.list(lie), [null, 7, { migrationId: 7 }, { migration: 'x' }]],
];

const NO_SUCH: readonly (readonly [name: string, call: Call, code: string])[] = [
  ['backups.verify', (client, id) => client.backups.verify(id), 'BACKUP_NOT_FOUND'],
  ['backups.export', (client, id) => client.backups.export(id), 'BACKUP_NOT_FOUND'],
  ['backups.remove', (client, id) => client.backups.remove(id), 'BACKUP_NOT_FOUND'],
  ['archive.export', (client, id) => client.archive.export(id), 'RUN_NOT_FOUND'],
  ['report', (client, id) => client.report(id), 'RUN_NOT_FOUND'],
  ['plan', (client, backupId) => client.plan({ backupId }), 'BACKUP_NOT_FOUND'],
];

describe('arguments that lie', () => {
  for (const [name, call, lies] of LIES) {
    it(`CL15 ${name} refuses what cannot have been meant, and nothing is written`, async () => {
      const { on, client } = await migrated();
      const before = imageOf(on);
      for (const lie of lies) {
        const code = await codeOf(on.until(call(client, lie as never)));
        expect({ lie, code }).toEqual({ lie, code: 'INPUT_ARGUMENT' });
      }
      expect(imageOf(on)).toEqual(before);
    });
  }

  for (const [name, call, code] of NO_SUCH) {
    it(`CL15 ${name} of what is not there says so, and nothing is written`, async () => {
      const { on, client } = await migrated();
      const before = imageOf(on);
      for (const id of ['never-was', 'a-99']) expect(await codeOf(on.until(call(client, id as never)))).toBe(code);
      expect(imageOf(on)).toEqual(before);
    });
  }

  it('CL15 identifiers from outside never become paths of the vault', async () => {
    const { on, client } = await migrated();
    const vault = withFaults(on.vault);
    const other = on.client('b', { vault: vault.port });
    for (const id of ['../../etc/passwd', '..', 'a/../../b', '', 'x'.repeat(300)]) {
      for (const [, call] of NO_SUCH) await codeOf(on.until(call(other, id as never)));
    }
    const names = vault.calls.map(({ arguments: [name] }) => String(name));
    expect(names.filter((name) => name.includes('..') || !name.startsWith(on.migration.id))).toEqual([]);
    expect(await on.until(client.canRollback())).toMatchObject({ canRollback: true });
  });

  it('CL7 a rollback with a backup that is not there is refused before a run begins', async () => {
    const { on, client } = await migrated();
    const before = imageOf(on);
    const code = await codeOf(on.until(client.rollback({ reason: 'USER_REQUEST', backupId: 'never-was' })));
    expect(code).toBe('BACKUP_NOT_FOUND');
    expect(imageOf(on)).toEqual(before);
  });

  it('CL7 a signal that has been aborted before is refused before a run begins', async () => {
    const { on, client } = await migrated();
    const before = imageOf(on);
    const signal = AbortSignal.abort();
    expect(await codeOf(on.until(client.rollback({ reason: 'USER_REQUEST', signal })))).toBe('OPERATION_ABORTED');
    expect(imageOf(on)).toEqual(before);
  });

  it('CL7 a signal that is aborted while the first looks are taken ends the run unchanged', async () => {
    const { on } = await migrated();
    const abort = new AbortController();
    const list = async (prefix: string): Promise<string[]> => {
      abort.abort();
      return on.vault.list(prefix);
    };
    const client = on.client('b', { vault: { ...on.vault, list } });
    const ending = client.rollback({ reason: 'USER_REQUEST', signal: abort.signal });
    expect(await on.until(ending)).toMatchObject({ outcome: 'unchanged', error: { code: 'USER_CANCELLED' } });
    expect(on.database.rows('tasks')).toHaveLength(3);
  });

  it('CL7 a signal that is aborted while the run waits ends it unchanged', async () => {
    const { on, client } = await migrated();
    const abort = new AbortController();
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    const ending = client.rollback({ reason: 'USER_REQUEST', signal: abort.signal });
    await on.clock.advance(3000);
    expect(client.getSnapshot().question).not.toBeNull();
    abort.abort();
    expect(await on.until(ending)).toMatchObject({ outcome: 'unchanged' });
  });

  it('CL15 listeners that cannot be called, and migrations of others, are refused at once', async () => {
    const { on, client } = await migrated();
    const call = (work: () => unknown): string => {
      try {
        work();
      } catch (error) {
        return (error as { code: string }).code;
      }
      return 'nothing thrown';
    };
    expect(call(() => client.subscribe(undefined as never))).toBe('INPUT_ARGUMENT');
    expect(call(() => client.monitorRollback(DEFINITION.id, undefined as never))).toBe('INPUT_ARGUMENT');
    expect(call(() => client.monitorRollback('another', () => {}))).toBe('INPUT_ARGUMENT');
    expect(on.clock.pending()).toBe(0);
  });

  it('CL15 a client cannot be made of a definition that was not checked, or without its ports', () => {
    const on = device();
    const { migration, storage, database, vault } = on;
    const good = { migration, storage, database, vault };
    const lies: readonly unknown[] = [
      undefined,
      {},
      { ...good, migration: DEFINITION },
      { ...good, migration: undefined },
      { ...good, storage: undefined },
      { ...good, database: null },
      { ...good, vault: 'folder' },
    ];
    for (const lie of lies) {
      expect(() => createBackpedal(lie as never)).toThrow(expect.objectContaining({ code: 'INPUT_ARGUMENT' }));
    }
    expect(() => createBackpedal(good)).not.toThrow();
  });

  it('CL15 an identity port that makes no identifiers is refused before it can spoil a journal', async () => {
    for (const id of ['', 'a b', '../x', 'x'.repeat(65), 7, undefined]) {
      const on = device();
      const before = keysOf(on.storage);
      const client = on.client('b', { identity: { user: () => null, createId: () => id as string } });
      expect(await codeOf(on.until(client.migrate()))).toBe('INPUT_ARGUMENT');
      expect(on.records()).toEqual([]);
      expect(keysOf(on.storage)).toEqual(before);
      expect(on.database.rows('tasks')).toEqual([]);
    }
  });

  it('CL13 a closed client refuses every method with CLIENT_CLOSED, and writes nothing', async () => {
    const { on, client } = await migrated();
    await client.close();
    const before = imageOf(on);
    const methods: Readonly<Record<string, () => Promise<unknown>>> = {
      recover: () => client.recover(),
      migrate: () => client.migrate(),
      canRollback: () => client.canRollback(),
      plan: () => client.plan(),
      rollback: () => client.rollback({ reason: 'USER_REQUEST' }),
      cancel: () => client.cancel(),
      decide: () => client.decide({ question: 'drift', choice: 'merge' }),
      unlock: () => client.unlock({ reason: 'x' }),
      monitorRollback: async () => client.monitorRollback(DEFINITION.id, () => {}),
      metrics: () => client.metrics(),
      verifyStorage: () => client.verifyStorage(),
      verifyDatabase: () => client.verifyDatabase(),
      verifyMigration: () => client.verifyMigration(),
      drill: () => client.drill(),
      'archive.list': () => client.archive.list(),
      'archive.export': () => client.archive.export('x'),
      'backups.list': () => client.backups.list(),
      'backups.verify': () => client.backups.verify('x'),
      'backups.export': () => client.backups.export('x'),
      'backups.import': () => client.backups.import('x'),
      'backups.remove': () => client.backups.remove('x'),
      'audit.list': () => client.audit.list(),
      report: () => client.report('x'),
    };
    const members = Object.entries(client).flatMap(([name, member]) =>
      typeof member === 'object' ? Object.keys(member).map((inner) => `${name}.${inner}`) : [name],
    );
    const harmless = ['getSnapshot', 'subscribe', 'close'];
    expect(Object.keys(methods).sort()).toEqual(members.filter((name) => !harmless.includes(name)).sort());
    for (const [name, call] of Object.entries(methods)) {
      expect({ name, code: await codeOf(call()) }).toEqual({ name, code: 'CLIENT_CLOSED' });
    }
    await client.close();
    expect(imageOf(on)).toEqual(before);
  });

  it('CL13 closing waits for a run that works, and leaves nothing behind on the clock', async () => {
    const { on, client } = await migrated();
    const ending = client.rollback({ reason: 'USER_REQUEST' });
    await client.close();
    expect(await ending).toMatchObject({ outcome: 'rolledBack' });
    await on.clock.advance(0);
    expect(on.clock.pending()).toBe(0);
  });

  it('CL13 closing while a run waits leaves nothing behind on the clock', async () => {
    const { on, client } = await migrated();
    await asking(on, client);
    await client.close();
    await on.clock.advance(0);
    expect(on.clock.pending()).toBe(0);
  });
});
