import type { ArchivedRow, Row } from '../../ports/database.ts';
import { AWKWARD_TEXTS } from './copy.ts';
import { archivedBy, type ContractKit, contentOf, hold, MIGRATION, plainRow, plainRows } from './kit.ts';
import {
  drift,
  environment,
  label,
  MIGRATING,
  migrate,
  ROLLING_BACK,
  SAMPLE_SIZE,
  sampleRows,
  task,
} from './sample.ts';

/** DB17 and DB51: what was moved lies in the archive exactly, under its key. */
export function archiveRules(kit: ContractKit): void {
  contentRules(kit);
  pageRules(kit);
  keyRules(kit);
}

function contentRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB17 every moved row lies in the archive with every column as it was', async (subject) => {
    const { port } = subject;
    const integers = [0, -5, Number.MAX_SAFE_INTEGER, null];
    const pictures = [new Uint8Array(), new Uint8Array([0, 255, 10]), new Uint8Array(5000).fill(200), null];
    const tasks = AWKWARD_TEXTS.map((text, i) => {
      const bytes = kit.supports.includes('bytes') ? { picture: pictures[i % 4] } : {};
      const numbers = { position: integers[i % 4], weight: [0.1, 1e300, -2, null][i % 4] };
      return task(kit, text, { title: text, ...numbers, ...bytes, done: [true, false, null][i % 3] });
    });
    const settings = [{}, [], 'text', 7, false, { deep: [null, '😀', { x: 1.5 }] }, null];
    const environments = settings.map((value, i) => environment(`e${i}`, { settings: value }));
    await migrate(subject, { tasks, environments, labels: [label(1, '1'), label(-2, '')] });
    const content = await contentOf(subject);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'none' });
    const archived = await archivedBy(port, ROLLING_BACK, 'all');
    for (const collection of ['tasks', 'environments', 'labels']) {
      const rows = archived.filter((entry) => entry.collection === collection).map(({ row }) => row as Row);
      expect(plainRows(rows)).toEqual(content[collection]);
    }
    expect(new Set(archived.map(({ kind }) => kind))).toEqual(new Set(['unchanged']));
  });

  test('DB17 entries tell what became of a row; a deleted one has no content', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    const rows = await subject.rows('tasks');
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    const tasks = (await archivedBy(port, ROLLING_BACK, 'all')).filter(({ collection }) => collection === 'tasks');
    const kinds = Object.fromEntries(tasks.map(({ key, kind }) => [key, kind]));
    expect(kinds).toEqual({
      '["t1"]': 'changed',
      '["t2"]': 'deleted',
      '["t3"]': 'unchanged',
      '["t4"]': 'unchanged',
      '["new"]': 'added',
    });
    for (const { key, row } of tasks) {
      const before = rows.find(({ id }) => JSON.stringify([id]) === key);
      expect(row === null ? null : plainRow(row)).toEqual(before === undefined ? null : plainRow(before));
    }
  });
}

function pageRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB17 pages hold what was asked for, each row once', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    const name = ({ table, key }: ArchivedRow): string => `${table} ${key}`;
    const all = (await archivedBy(port, ROLLING_BACK, 'all')).map(name);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBe(SAMPLE_SIZE + 2);
    const drifted = await archivedBy(port, ROLLING_BACK, 'drift');
    expect(drifted.map(({ kind }) => kind).sort()).toEqual(['added', 'added', 'changed', 'changed', 'deleted']);
    const moved = (await port.archives(MIGRATION)).reduce((sum, { rows }) => sum + rows, 0);
    expect(moved).toBe(SAMPLE_SIZE + 1);
    const query = { migration: MIGRATION, run: ROLLING_BACK, content: 'all', after: null } as const;
    expect((await port.archived({ ...query, limit: 4 })).rows.length).toBe(4);
    const exact = await port.archived({ ...query, limit: all.length });
    expect([exact.rows.length, exact.next]).toEqual([all.length, null]);
    expect(await port.archived({ ...query, run: 'unheard-of', limit: 5 })).toEqual({ rows: [], next: null });
    expect(await port.archived({ ...query, migration: 'unheard-of', limit: 5 })).toEqual({ rows: [], next: null });
  });

  test('DB17 the summary counts the rows by run and table, and dropping the archive of a run leaves the others', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit), 'in-1');
    await port.clear(await hold(port, 'out-1'), { undoes: 'in-1', drift: 'any' });
    await migrate(subject, { tasks: [task(kit, 'only')] }, 'in-2');
    const fence = await hold(port, 'out-2');
    await port.clear(fence, { undoes: 'in-2', drift: 'any' });
    const counts = async () =>
      (await port.archives(MIGRATION)).map(({ run, collection, rows }) => `${run} ${collection} ${rows}`).sort();
    expect(await counts()).toEqual(['out-1 environments 2', 'out-1 labels 3', 'out-1 tasks 4', 'out-2 tasks 1']);
    expect(await port.archives('unheard-of')).toEqual([]);
    await port.dropArchive(fence, 'out-1');
    await port.dropArchive(fence, 'out-1');
    expect(await counts()).toEqual(['out-2 tasks 1']);
    expect(await archivedBy(port, 'out-1', 'all')).toEqual([]);
    expect((await archivedBy(port, 'out-2', 'all')).length).toBe(1);
  });
}

function keyRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB51 keys are the JSON text of the id values: the number 1 is not the text "1"', async (subject) => {
    const { port } = subject;
    const rows = {
      tasks: AWKWARD_TEXTS.map((id) => task(kit, id)),
      labels: [label(1, '1'), label(1, 'a"b'), label(11, '')],
    };
    await migrate(subject, rows);
    const keys = {
      tasks: AWKWARD_TEXTS.map((id) => JSON.stringify([id])).sort(),
      labels: ['[1,"1"]', '[1,"a\\"b"]', '[11,""]'].sort(),
    };
    for (const collection of ['tasks', 'labels'] as const) {
      const digests = await port.rowDigests(MIGRATING, collection, null, 100);
      expect(digests.map(({ key }) => key).sort()).toEqual(keys[collection]);
    }
    for (const { id } of rows.tasks) await subject.update('tasks', { id }, { done: true });
    for (const { group, name } of rows.labels) await subject.update('labels', { group, name }, { color: 'x' });
    const all = [...keys.tasks.map((key) => `tasks ${key}`), ...keys.labels.map((key) => `labels ${key}`)].sort();
    const name = ({ collection, key }: { collection: string; key: string }): string => `${collection} ${key}`;
    expect((await port.survey(MIGRATION, MIGRATING, 100)).entries.map(name).sort()).toEqual(all);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    expect((await archivedBy(port, ROLLING_BACK, 'drift')).map(name).sort()).toEqual(all);
  });
}
