import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { MigrationDefinition } from '../../src/index.ts';
import type { MemorySchema } from '../../src/testing/index.ts';
import { CONTENT, codeOf, DEFINITION, device, imageOf, keysOf, migrated, SCHEMA, sorted } from './kit.ts';

const tasksOf = (count: number, broken: (at: number) => boolean = () => false): string =>
  JSON.stringify({
    state: {
      tasks: Array.from({ length: count }, (_, at) => ({
        id: `t${at}`,
        title: broken(at) ? 7 : `secret ${at}`,
        note: null,
      })),
    },
  });

const withSchema = (schema: StandardSchemaV1): MigrationDefinition => ({
  ...DEFINITION,
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks', schema },
    environments: { storageKey: 'environments' },
  },
});

const titled = z.object({ title: z.string() });

describe('content that cannot be understood', () => {
  const lies: readonly (readonly [text: string, code: string, place: RegExp])[] = [
    ['{"state":{"tasks":[{"id":"t1","title":"secret"}', 'INPUT_JSON_INVALID', /"?task-store"?.*position 47/],
    ['secret, no JSON', 'INPUT_JSON_INVALID', /position 0/],
    ['{"state":{"tasks":"secret"}}', 'INPUT_JSON_INVALID', /state\.tasks/],
    ['{"state":{"tasks":7}}', 'INPUT_SHAPE_UNKNOWN', /state\.tasks/],
    ['{"state":{"tasks":["secret"]}}', 'INPUT_SHAPE_UNKNOWN', /state\.tasks/],
    ['{"state":{"tasks":[{"id":"t1"},{"id":"t1"}]}}', 'INPUT_DUPLICATE_ID', /state\.tasks/],
    ['{"state":{"tasks":[{"title":"secret"}]}}', 'INPUT_ID_MISSING', /state\.tasks/],
    ['{"state":{"tasks":[{"id":{"a":1}}]}}', 'INPUT_ID_MISSING', /state\.tasks/],
    [`{"state":{"tasks":[{"id":"t1","title":${'['.repeat(300)}${']'.repeat(300)}}]}}`, 'INPUT_TOO_DEEP', /200/],
  ];
  for (const [text, code, place] of lies) {
    it(`MI2 is refused with ${code} and its place before a run begins: ${text.slice(0, 46)}`, async () => {
      const on = device({ entries: [...CONTENT.slice(1), ['task-store', text]] });
      const before = imageOf(on) as { vault: [string, string][] };
      const work = on.until(on.client().migrate());
      await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(place) });
      await expect(work).rejects.not.toThrow(/secret/);
      const now = imageOf(on) as { vault: [string, string][] };
      // Only which keys the definition claims may have been noted by then.
      expect({ ...now, vault: now.vault.filter(([name]) => !name.startsWith('definitions/')) }).toEqual(before);
      expect(on.operations).toEqual([]);
    });
  }

  it('MI2 a collection without a table is refused before a run begins', async () => {
    const { tasks } = SCHEMA.tables as { tasks: MemorySchema['tables'][string] };
    const on = device({ schema: { tables: { tasks }, scope: 'wholeTable' } });
    expect(await codeOf(on.until(on.client().migrate()))).toBe('DATABASE_SCHEMA');
    expect(on.records()).toEqual([]);
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('MI2 more than a backup may hold is refused before a run begins', async () => {
    const on = device({ definition: { ...DEFINITION, maxBackupSize: 100 } });
    expect(await codeOf(on.until(on.client().migrate()))).toBe('BACKUP_TOO_LARGE');
    expect(on.records()).toEqual([]);
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });
});

describe('items that fail', () => {
  it('MI3 up to the tolerated part the valid rows are in, and the keys of failed items stay in storage', async () => {
    const text = tasksOf(20, (at) => at === 3 || at === 11);
    const on = device({
      definition: { ...withSchema(titled), triggers: { validationFailures: 0.1 } },
      entries: [
        ['task-store', text],
        ['environments', '{"e1":{"id":"e1","name":"Home"}}'],
      ],
    });
    const result = await on.until(on.client().migrate());
    expect(result).toMatchObject({ outcome: 'migrated', finalStatus: 'PARTIAL', success: false, items: 21, failed: 2 });
    expect(on.database.rows('tasks')).toHaveLength(18);
    expect(on.storage.getItem('task-store')).toBe(text);
    expect(on.storage.getItem('environments')).toBeNull();
  });

  it('MI3 one item above the tolerated part, and the run ends unchanged', async () => {
    const text = tasksOf(20, (at) => at < 3);
    const entries: [string, string][] = [['task-store', text]];
    const on = device({ definition: { ...withSchema(titled), triggers: { validationFailures: 0.1 } }, entries });
    const result = await on.until(on.client().migrate());
    expect(result).toMatchObject({ outcome: 'unchanged', finalStatus: 'FAILED', reason: 'VALIDATION_FAILURES' });
    expect(on.database.rows('tasks')).toEqual([]);
    expect(keysOf(on.storage)).toEqual(entries);
  });

  it('MI3 a rollback of a partial migration gives back every key, and touches none that had stayed', async () => {
    const entries: [string, string][] = [
      ['environments', '{"e1":{"id":"e1","name":"Home"}}'],
      ['task-store', tasksOf(20, (at) => at === 0)],
    ];
    const { on, client } = await migrated({ definition: withSchema(titled), entries });
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(keysOf(on.storage)).toEqual(entries);
    expect(on.database.rows('tasks')).toEqual([]);
  });

  it('MI10 what the schema or the database refuses is named by collection and id, never by value', async () => {
    const schema: MemorySchema = {
      ...SCHEMA,
      tables: { ...SCHEMA.tables, tasks: { columns: ['id', 'title', 'note'], idColumns: ['id'], required: ['title'] } },
    };
    const tasks = Array.from({ length: 40 }, (_, at) => ({ id: `t${at}`, title: at === 5 ? null : `secret ${at}` }));
    const on = device({
      schema,
      definition: withSchema(z.object({ id: z.string().check(z.refine((id) => id !== 't9', 'secret 9 is wrong')) })),
      entries: [['task-store', JSON.stringify({ state: { tasks } })]],
    });
    const result = await on.until(on.client().migrate());
    expect(result).toMatchObject({ outcome: 'migrated', finalStatus: 'PARTIAL', migrated: 38, failed: 2 });
    expect(result.failures.map(({ collection, id }) => [collection, id]).sort()).toEqual([
      ['tasks', '["t5"]'],
      ['tasks', '["t9"]'],
    ]);
    expect(result.failures.every(({ reason }) => reason.length > 5)).toBe(true);
    expect(JSON.stringify([result, on.log, on.notes, on.records()])).not.toContain('secret');
  });

  it('MI10 of very many failures twenty are listed, and all are counted', async () => {
    const on = device({
      definition: { ...withSchema(titled), triggers: { validationFailures: 1 } },
      entries: [['task-store', tasksOf(100, () => true)]],
    });
    const result = await on.until(on.client().migrate());
    expect(result).toMatchObject({ outcome: 'migrated', failed: 100, migrated: 0 });
    expect(result.failures).toHaveLength(20);
  });

  it('MI12 schemas of any library only validate; what they transform is not used', async () => {
    const transforming: readonly StandardSchemaV1[] = [
      z.pipe(
        z.object({ title: z.string() }),
        z.transform(() => ({ title: 'transformed' })),
      ),
      v.object({
        title: v.pipe(
          v.string(),
          v.transform(() => 'transformed'),
        ),
      }),
    ];
    for (const schema of transforming) {
      const { on } = await migrated({ definition: withSchema(schema) });
      expect(on.database.rows('tasks').map(({ title }) => title)).toEqual(['A', 'B&C', '\u{1f600} /']);
    }
  });

  it('MI12 a schema that changes the item in place changes no row', async () => {
    const meddling: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => {
          Object.assign(value as object, { title: 'meddled' });
          return { value };
        },
      },
    };
    const { on } = await migrated({ definition: withSchema(meddling) });
    expect(on.database.rows('tasks').map(({ title }) => title)).toEqual(['A', 'B&C', '\u{1f600} /']);
  });

  it('MI12 asynchronous schemas are awaited', async () => {
    const slow = z.object({
      title: z.string().check(
        z.refine(async (title) => {
          await Promise.resolve();
          return title !== 'secret 2';
        }),
      ),
    });
    const on = device({ definition: withSchema(slow), entries: [['task-store', tasksOf(20)]] });
    const result = await on.until(on.client().migrate());
    expect(result).toMatchObject({ outcome: 'migrated', failed: 1, failures: [{ id: '["t2"]' }] });
  });

  it('MI12 a schema that throws ends the run unchanged, with nothing left behind', async () => {
    const throwing = z.object({
      title: z.string().check(
        z.refine(() => {
          throw new Error('secret');
        }),
      ),
    });
    const on = device({ definition: withSchema(throwing) });
    const result = await on.until(on.client().migrate());
    expect(result).toMatchObject({ outcome: 'unchanged', finalStatus: 'FAILED' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(on.database.rows('tasks')).toEqual([]);
    expect(JSON.stringify([result, on.log, on.notes, on.records()])).not.toContain('secret');
  });
});

describe('the source', () => {
  it('MI6 is removed only after every row was compared: a row that is not what was copied keeps it', async () => {
    const on = device();
    const database = {
      ...on.database,
      copy: async (...args: Parameters<typeof on.database.copy>) => {
        const outcome = await on.database.copy(...args);
        if (args[1].collection === 'tasks') on.database.update('tasks', { id: 't2' }, { title: 'altered' });
        return outcome;
      },
    };
    const result = await on.until(on.client('b', { database }).migrate());
    expect(result).toMatchObject({ outcome: 'unchanged', reason: 'DATA_CORRUPTION' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(on.database.rows('tasks')).toEqual([]);
  });

  it('MI6 a row that is missing keeps the source, too', async () => {
    const on = device();
    const database = {
      ...on.database,
      copy: async (...args: Parameters<typeof on.database.copy>) => {
        const outcome = await on.database.copy(...args);
        if (args[1].collection === 'environments') on.database.remove('environments', { id: 'e1' });
        return outcome;
      },
    };
    const result = await on.until(on.client('b', { database }).migrate());
    expect(result.outcome).toBe('unchanged');
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('MI6 a key that was written during the migration stays, and the others go', async () => {
    const on = device();
    const newer = '{"e9":{"id":"e9","name":"written meanwhile"}}';
    const database = {
      ...on.database,
      digest: async (...args: Parameters<typeof on.database.digest>) => {
        on.storage.setItem('environments', newer);
        return on.database.digest(...args);
      },
    };
    const result = await on.until(on.client('b', { database }).migrate());
    expect(result.outcome).toBe('migrated');
    expect(on.storage.getItem('environments')).toBe(newer);
    expect(on.storage.getItem('task-store')).toBeNull();
  });

  it('MI6 form data and keys of other people stay where they are', async () => {
    const { on } = await migrated();
    const stay = CONTENT.filter(([key]) => key !== 'task-store' && key !== 'environments');
    expect(keysOf(on.storage)).toEqual(sorted(stay));
  });

  it('MI8 with source keep no key is removed, and a rollback works all the same', async () => {
    const { on, client } = await migrated({ definition: { ...DEFINITION, source: 'keep' } });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(on.database.rows('tasks')).toHaveLength(3);
    expect(await on.until(client.verifyStorage())).toMatchObject({ success: true });
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(on.database.rows('tasks')).toEqual([]);
  });
});

describe('a second migration', () => {
  it('MI11 is refused while data is migrated, and works again after a rollback, again and again', async () => {
    const { on, client } = await migrated();
    for (let round = 0; round < 3; round++) {
      const before = imageOf(on);
      expect(await codeOf(on.until(client.migrate()))).toBe('ALREADY_MIGRATED');
      expect(imageOf(on)).toEqual(before);
      await on.until(client.rollback({ reason: 'USER_REQUEST' }));
      expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
      expect((await on.until(client.migrate())).outcome).toBe('migrated');
    }
  });

  it('MI11 is refused while a run is open: in this client, in another one, and while a person is waited for', async () => {
    const on = device();
    const client = on.client();
    const first = client.migrate();
    expect(await codeOf(client.migrate())).toBe('RUN_IN_PROGRESS');
    await on.clock.advance(0);
    expect((await on.until(first)).outcome).toBe('migrated');
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    void client.rollback({ reason: 'USER_REQUEST' }).catch(() => undefined);
    await on.clock.advance(0);
    for (const other of [client, on.client('b')]) {
      expect(await codeOf(on.until(other.migrate()))).toBe('RUN_IN_PROGRESS');
    }
  });

  it('MI11 is refused in a second process while the first one works, whoever holds the lock', async () => {
    const on = device();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const database = {
      ...on.database,
      begin: async (...args: Parameters<typeof on.database.begin>) => {
        await held;
        return on.database.begin(...args);
      },
    };
    const first = on.client('a', { database }).migrate();
    await on.clock.advance(0);
    expect(await codeOf(on.until(on.client('b').migrate()))).toBe('RUN_IN_PROGRESS');
    release();
    expect((await on.until(first)).outcome).toBe('migrated');
  });
});

describe('shapes of stores', () => {
  const roundTrip = async (
    definition: MigrationDefinition,
    schema: MemorySchema,
    entries: [string, string][],
    rows: number,
  ) => {
    const { on, client } = await migrated({ definition, schema, entries });
    const [table = ''] = Object.keys(schema.tables);
    expect(on.database.rows(table)).toHaveLength(rows);
    expect(await on.until(client.verifyMigration())).toMatchObject({ success: true, checked: rows });
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(keysOf(on.storage)).toEqual(sorted(entries));
    expect(on.database.rows(table)).toEqual([]);
  };
  const notes: MemorySchema = {
    tables: { notes: { columns: ['id', 'text'], idColumns: ['id'] } },
    scope: 'wholeTable',
  };

  it('MI8 RB2 an empty storage migrates to no rows and rolls back to nothing', async () => {
    for (const source of ['clear', 'keep'] as const) {
      const { on, client } = await migrated({ definition: { ...DEFINITION, source }, entries: [] });
      expect(await on.until(client.canRollback())).toMatchObject({ canRollback: true });
      expect(await on.until(client.plan())).toMatchObject({ rowsToRemove: 0, keysToRestore: 0, possible: true });
      expect(await on.until(client.verifyMigration())).toMatchObject({ success: true, checked: 0 });
      const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
      expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
      expect(keysOf(on.storage)).toEqual([]);
    }
  });

  it('MI8 RB2 what was added to an empty migration is drift, and comes back with merge or not at all', async () => {
    const { on, client } = await migrated({ entries: [['environments', '{}']] });
    on.database.insert('environments', { id: 'e1', name: 'added' });
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    expect(result.outcome).toBe('rolledBack');
    expect(JSON.parse(on.storage.getItem('environments') ?? '')).toEqual({ e1: { id: 'e1', name: 'added' } });
  });

  it('MI6 RB2 a key for each item, with any characters in the keys', async () => {
    const entries = ['a', 'b/c', 'https://x?y=z', '\n', '"', '', '__proto__', '*'].map((name, at): [string, string] => [
      `note-${name}`,
      at % 2 === 0 ? `{"text":"${at}"}` : `{ "id": "own-${at}", "text": "x" }`,
    ]);
    await roundTrip({ id: 'notes', collections: { notes: { storageKey: 'note-*' } } }, notes, entries, 8);
  });

  it('MI6 RB2 a map from id to object, and one with a list of ids', async () => {
    const map = '{"n1":{"id":"n1","text":"x"},"n2":{"text":"without its id"},"__proto__":{"id":"p","text":"y"}}';
    const definition = { id: 'notes', collections: { notes: { storageKey: 'notes' } } };
    await roundTrip(definition, notes, [['notes', map]], 3);
    const list = '{"ids":[2,1],"entities":{"1":{"id":1,"text":"a"},"2":{"id":2,"text":"b"}},"loaded":true}';
    await roundTrip(definition, notes, [['notes', list]], 2);
  });

  it('MI6 RB2 integer ids, composite ids, and JSON in JSON', async () => {
    const pairs: MemorySchema = {
      tables: { notes: { columns: ['list', 'nr', 'text'], idColumns: ['list', 'nr'] } },
      scope: 'wholeTable',
    };
    const inner = JSON.stringify([
      { list: 'a', nr: 1, text: 'x' },
      { list: 'a', nr: 2, text: '\ud83d' },
      { list: '1', nr: 1, text: '' },
    ]);
    await roundTrip(
      { id: 'notes', collections: { notes: { storageKey: 'persist:root', path: 'notes', idField: ['list', 'nr'] } } },
      pairs,
      [['persist:root', JSON.stringify({ notes: inner, _persist: '{"version":-1}' })]],
      3,
    );
  });

  it('MI6 RB2 a thousand keys of form data and no collection at all', async () => {
    const entries = Array.from({ length: 1000 }, (_, at): [string, string] => [
      `draft:${at}\n https://x.example/?${'q'.repeat(at % 90)}`,
      at % 3 === 0 ? '' : `value ${at}`,
    ]);
    const definition = { id: 'drafts', collections: {}, formData: ['draft:*'] };
    const { on, client } = await migrated({ definition, schema: { tables: {}, scope: 'wholeTable' }, entries });
    for (const [key] of entries.slice(0, 500)) on.storage.removeItem(key);
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(keysOf(on.storage)).toEqual(sorted(entries));
  });
});
