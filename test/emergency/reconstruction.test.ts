import { describe, expect, it } from 'vitest';
import { readCollection } from '../../src/content/read-collection.ts';
import type { MigrationDefinition } from '../../src/index.ts';
import { type Kit, SMALL_DEFINITION } from '../support/run-kit.ts';
import {
  answered,
  asking,
  DATABASES,
  damageEntry,
  damageText,
  ENTRIES,
  loseBackup,
  loseContent,
  migrated,
  partsOf,
  rowsOf,
  settled,
  storageOf,
  TASK_STORE,
} from './kit.ts';

type Entries = readonly (readonly [string, string])[];

/** Verdicts of a receipt by key. */
const verdictsOf = (receipt: { readonly keys: readonly { key: string; verdict: string }[] }): Record<string, string> =>
  Object.fromEntries(receipt.keys.map(({ key, verdict }) => [key, verdict]));

/** The items of every collection by id, as the app would read them. */
function itemsIn(kit: Kit, entries: ReadonlyMap<string, string>): unknown {
  return kit.migration.collections.map((collection) =>
    Object.fromEntries(readCollection(collection, entries, kit.migration).items.map(({ id, value }) => [id, value])),
  );
}

const itemsNow = (kit: Kit): unknown => itemsIn(kit, new Map(Object.entries(storageOf(kit))));

describe.each(DATABASES)('what is left, on %s', (_, database) => {
  it('ER5 ER6 one damaged entry: the others are proved, and the whole one is rebuilt from its rows, so it is asked', async () => {
    const kit = await migrated(database);
    damageEntry(kit, 'task-store');
    const before = { storage: storageOf(kit), rows: rowsOf(kit, 'tasks') };
    const run = await asking(kit);
    expect(run.question).toMatchObject({ question: 'reconstruction', exact: 4, lossy: 2, missing: 0 });
    expect({ storage: storageOf(kit), rows: rowsOf(kit, 'tasks') }).toEqual(before);
    const result = await answered(kit, run, 'useReconstruction');
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL', escalation: 2 });
    expect(result.warnings.map(({ code }) => code)).toEqual(['BACKUP_DAMAGED', 'BACKUP_RECONSTRUCTED']);
    const { receipt, markdown } = await run.process.client.report(result.runId);
    expect(verdictsOf(receipt)).toEqual({
      'task-store': 'reconstructed',
      environments: 'exact',
      'draft:1': 'exact',
      settings: 'exact',
    });
    expect(receipt).toMatchObject({ copy: 'reconstructed', reconstruction: { exact: 4, lossy: 2, missing: 0 } });
    expect(receipt.reconstruction?.items).toEqual([
      { collection: 'tasks', id: '["a"]', storageKey: 'task-store', fidelity: 'lossy' },
      { collection: 'tasks', id: '["b"]', storageKey: 'task-store', fidelity: 'lossy' },
      { collection: 'environments', id: '["e1"]', storageKey: 'environments', fidelity: 'exact' },
      { collection: 'environments', id: '["e2"]', storageKey: 'environments', fidelity: 'exact' },
    ]);
    expect(markdown).toContain('put together');
    expect(itemsNow(kit)).toEqual(itemsIn(kit, new Map(ENTRIES)));
    const { environments, settings } = Object.fromEntries(ENTRIES);
    expect(storageOf(kit)).toMatchObject({ environments, settings, 'session-token': 'secret' });
  });

  it('ER6 everything proved is used unasked, at level 1, and told as what it is', async () => {
    const kit = await migrated(database);
    for (const key of ['draft:1', 'settings']) damageEntry(kit, key);
    const { client } = kit.start();
    const result = await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL', escalation: 1 });
    expect(storageOf(kit)).toEqual(Object.fromEntries(ENTRIES));
    const { receipt } = await client.report(result.runId);
    expect(new Set(Object.values(verdictsOf(receipt)))).toEqual(new Set(['exact']));
    expect(receipt).toMatchObject({ copy: 'reconstructed', reconstruction: { lossy: 0, missing: 0 } });
  });

  it('ER16 damage to what a row says is undone by the row, which the hash proves, so that nobody need be asked', async () => {
    const kit = await migrated(database);
    damageText(kit, '"title":"zwei"', '"title":"zwe~"');
    const { client } = kit.start();
    const result = await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL', escalation: 1 });
    expect(storageOf(kit)).toEqual(Object.fromEntries(ENTRIES));
  });

  it('ER16 what surrounds the items comes from the damaged text itself, not from what might have been', async () => {
    const store = '{"version":7,"state":{"filter":"mine","note":"x","tasks":[{"id":"a","title":"A","done":true}]}}';
    const kit = await migrated({ ...database, entries: [['task-store', store]] });
    damageText(kit, '"note":"x"', '"note":"y"');
    const run = await asking(kit);
    expect(run.question).toMatchObject({ question: 'reconstruction', exact: 0, lossy: 1 });
    await answered(kit, run, 'useReconstruction');
    expect(storageOf(kit)['task-store']).toBe(store.replace('"note":"x"', '"note":"y"'));
  });

  it('ER16 an item whose id is damaged comes once, from its row', async () => {
    const store = '{"version":7,"state":{"tasks":[{"id":"a","title":"A","done":true},{"id":"b","title":"B"}]}}';
    const kit = await migrated({ ...database, entries: [['task-store', store]] });
    damageText(kit, '"id":"b"', '"id":"z"');
    await answered(kit, await asking(kit), 'useReconstruction');
    const { version, state } = JSON.parse(storageOf(kit)['task-store'] ?? '') as {
      version: number;
      state: { tasks: { id: string; title: string }[] };
    };
    expect({ version, ids: state.tasks.map(({ id }) => id), titles: state.tasks.map(({ title }) => title) }).toEqual({
      version: 7,
      ids: ['a', 'b'],
      titles: ['A', 'B'],
    });
  });

  it('ER6 rows alone prove a text when its hash says so', async () => {
    const text = '[{"id":"e1","name":"Eins"},{"id":"e2","name":"Zwei"}]';
    const kit = await migrated({ ...database, entries: [['environments', text]] });
    loseContent(kit);
    const { client } = kit.start();
    const result = await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', escalation: 1 });
    expect(storageOf(kit).environments).toBe(text);
    expect(verdictsOf((await client.report(result.runId)).receipt)).toEqual({ environments: 'exact' });
  });

  it('ER6 an empty collection comes back where its hash proves it, and is not invented where there is no head', async () => {
    const text = '{"state":{"tasks":[]},"version":0}';
    const proved = await migrated({ ...database, entries: [['task-store', text]] });
    loseContent(proved);
    const { client } = proved.start();
    expect(await settled(proved, client.rollback({ reason: 'USER_REQUEST' }))).toMatchObject({ outcome: 'rolledBack' });
    expect(storageOf(proved)['task-store']).toBe(text);
    const unproved = await migrated({ ...database, entries: [['task-store', text]] });
    loseBackup(unproved);
    const result = await settled(unproved, unproved.start().client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'unchanged', escalation: 3 });
    expect(storageOf(unproved)).toEqual({});
  });

  it('ER5 a content that is gone: form data that is still in storage is proved, rows are not', async () => {
    const kit = await migrated(database);
    loseContent(kit);
    const run = await asking(kit);
    expect(run.question).toMatchObject({ question: 'reconstruction', exact: 2, lossy: 4 });
    expect(await answered(kit, run, 'useReconstruction')).toMatchObject({ outcome: 'rolledBack' });
    expect(itemsNow(kit)).toEqual(itemsIn(kit, new Map(ENTRIES)));
  });

  it('ER5 a key of which nothing is left is counted, and the receipt names it as not restored', async () => {
    const kit = await migrated(database);
    loseContent(kit);
    kit.storage.removeItem('settings');
    const run = await asking(kit);
    expect(run.question).toMatchObject({ missing: 1 });
    const result = await answered(kit, run, 'useReconstruction');
    const { receipt } = await run.process.client.report(result.runId);
    expect(verdictsOf(receipt).settings).toBe('notRestored');
  });

  it('ER5 storage still holds the keys (source keep): they come back byte for byte, asked where no head proves them', async () => {
    const kept = { ...database, definition: { source: 'keep' as const } };
    const proved = await migrated(kept);
    loseContent(proved);
    const result = await settled(proved, proved.start().client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', escalation: 1 });
    expect(storageOf(proved)).toEqual(Object.fromEntries(ENTRIES));
    const unproved = await migrated(kept);
    loseBackup(unproved);
    const run = await asking(unproved);
    expect(run.question).toMatchObject({ question: 'reconstruction', exact: 0, lossy: 6 });
    expect(await answered(unproved, run, 'useReconstruction')).toMatchObject({ outcome: 'rolledBack' });
    expect(storageOf(unproved)).toEqual(Object.fromEntries(ENTRIES));
  });

  it('ER7 what people changed, added and deleted since comes back as in a merge, nothing doubled', async () => {
    const kit = await migrated(database);
    loseBackup(kit);
    kit.database.update('tasks', { id: 'a' }, { title: 'edited' });
    kit.database.insert('tasks', { id: 'new', title: 'added', done: true });
    kit.database.remove('environments', { id: 'e1' });
    const run = await asking(kit, { onDrift: 'merge' });
    const result = await answered(kit, run, 'useReconstruction');
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL' });
    const store = JSON.parse(storageOf(kit)['task-store'] ?? '') as { state: { tasks: { id: string }[] } };
    expect(store.state.tasks.map(({ id }) => id).sort()).toEqual(['a', 'b', 'new']);
    expect(storageOf(kit)['task-store']).toContain('"edited"');
    expect((itemsNow(kit) as object[])[1]).toEqual({ '["e2"]': { id: 'e2', name: 'Zwei' } });
    expect(Object.keys(rowsOf(kit, 'tasks'))).toEqual(['before']);
  });

  it('ER7 discarding leaves added rows in the archive, and lists no row as put together that is there now', async () => {
    const kit = await migrated(database);
    loseBackup(kit);
    kit.database.insert('tasks', { id: 'new', title: 'added', done: true });
    const run = await asking(kit, { onDrift: 'discard' });
    const result = await answered(kit, run, 'useReconstruction');
    expect(storageOf(kit)['task-store']).not.toContain('added');
    const { rows } = await run.process.client.archive.export(result.runId);
    expect(rows.filter(({ kind }) => kind === 'added').map(({ key }) => key)).toEqual(['["new"]']);
  });

  it('ER12 what was put together is a generation of its own, marked, and no copy is taken away', async () => {
    const kit = await migrated(database);
    damageEntry(kit, 'task-store');
    const disk = new Map(kit.vault.disk);
    const run = await asking(kit);
    await answered(kit, run, 'useReconstruction');
    for (const [name, text] of disk) if (name.includes('/backups/')) expect(kit.vault.disk.get(name)).toBe(text);
    const list = await run.process.client.backups.list();
    expect(list.map(({ reconstruction }) => reconstruction)).toEqual([{ exact: 4, lossy: 2, missing: 0 }, undefined]);
    expect((await run.process.client.archive.list()).rows.length).toBeGreaterThan(0);
    // Damaged again, the next rollback neither takes it for a backup of storage nor builds upon it.
    expect(partsOf(kit, 'head')).toHaveLength(2);
  });
});

/** Stores as apps really write them, each with what its rows cannot say. */
const SHAPES: Readonly<Record<string, { definition: Partial<MigrationDefinition>; entries: Entries }>> = {
  'an array at a path (zustand)': { definition: {}, entries: [['task-store', TASK_STORE]] },
  'ids and entities': {
    definition: { collections: { tasks: { storageKey: 'tasks' } } },
    entries: [
      [
        'tasks',
        '{"ids":["b","a"],"entities":{"b":{"id":"b","title":"zwei","done":true},"a":{"id":"a","title":"eins","done":false}},"loaded":true}',
      ],
    ],
  },
  'a map from id': {
    definition: { collections: { environments: { storageKey: 'environments' } } },
    entries: [['environments', '{"e2":{"name":"Zwei"}, "e1":{"name":"Eins"}}']],
  },
  'a key per item': {
    definition: { collections: { tasks: { storageKey: 'task-*' } } },
    entries: [
      ['task-a', '{"title":"eins","done":false,"color":"red"}'],
      ['task-b', '{ "title":"zwei","done":true }'],
    ],
  },
  'several collections in one key': {
    definition: {
      collections: {
        tasks: { storageKey: 'app', path: 'state.tasks' },
        environments: { storageKey: 'app', path: 'state.environments' },
      },
    },
    entries: [
      [
        'app',
        '{"state":{"tasks":[{"id":"a","title":"eins","done":true}],"environments":[{"id":"e1","name":"Eins"}],"user":7},"version":2}',
      ],
    ],
  },
  'JSON in JSON (redux-persist)': {
    definition: { collections: { tasks: { storageKey: 'persist:root', path: 'tasks.items' } } },
    entries: [
      [
        'persist:root',
        String.raw`{"tasks":"{\"items\":[{\"id\":\"a\",\"title\":\"A \\\"B\\\"\",\"done\":false}]}","_persist":"{\"version\":-1}"}`,
      ],
    ],
  },
};

describe.each(DATABASES)('every shape of a store, on %s', (_, database) => {
  const options = ({ definition, entries }: (typeof SHAPES)[string]) => ({
    ...database,
    entries,
    definition: { ...SMALL_DEFINITION, formData: [], ...definition },
  });

  it.each(Object.entries(SHAPES))('ER8 %s, from its rows alone: every item is there', async (name, shape) => {
    const kit = await migrated(options(shape));
    loseBackup(kit);
    const run = await asking(kit);
    const result = await answered(kit, run, 'useReconstruction');
    expect(result).toMatchObject({ outcome: 'rolledBack' });
    const lost = name === 'a key per item' ? { color: undefined } : {};
    const plain = JSON.parse(
      JSON.stringify(itemsIn(kit, new Map(shape.entries)), (_key, value) => {
        return typeof value === 'object' && value !== null && 'color' in value ? { ...value, ...lost } : value;
      }),
    );
    expect(itemsNow(kit)).toEqual(plain);
  });

  it.each(Object.entries(SHAPES))(
    'ER8 %s, with an older text to build upon: all around the items is kept',
    async (_name, shape) => {
      const kit = await migrated(options(shape));
      const { client } = kit.start();
      await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
      await settled(kit, client.migrate());
      loseBackup(kit);
      const table = kit.migration.collections[0]?.name ?? '';
      const [first] = kit.database.rows(table).filter(({ id }) => id !== 'before');
      const column = table === 'tasks' ? 'title' : 'name';
      const run = await asking(kit);
      expect(run.question.question).toBe('olderBackup');
      // Changed between the older backup and now, as if the app had done so before it migrated again.
      kit.database.update(table, { id: first?.id }, { [column]: 'changed since' });
      await settled(kit, run.process.client.decide({ question: 'olderBackup', choice: 'reconstruct' }));
      for (let at = 0; run.process.client.getSnapshot().question === null && at < 60; at++)
        await kit.clock.advance(1000);
      const again = { ...run, question: run.process.client.getSnapshot().question as never };
      expect(await answered(kit, again, 'useReconstruction')).toMatchObject({ outcome: 'rolledBack' });
      const old = String(first?.[column]);
      const written = JSON.stringify(old).slice(1, -1);
      for (const [key, text] of shape.entries) {
        const now = storageOf(kit)[key] ?? '';
        const inside = JSON.stringify(written).slice(1, -1);
        const expected = text.includes(inside)
          ? text.replace(inside, 'changed since')
          : text.replace(written, 'changed since');
        const asWritten = text.includes('\\u0026') ? text.replace('A \\u0026 B', 'changed since') : expected;
        expect(now).toBe(asWritten);
      }
    },
  );
});
