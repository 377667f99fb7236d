import type { ArchivedRow, DatabasePort, Row } from '../../ports/database.ts';
import { AWKWARD_TEXTS } from './copy.ts';
import { type ContractKit, contentOf, hold, MIGRATION, plainArchive, plainRow, plainRows } from './kit.ts';
import { drift, environment, MIGRATING, migrate, ROLLING_BACK, SAMPLE_SIZE, sampleRows, task } from './sample.ts';

/** Everything that a clear would move, read in pages of so many rows. */
async function movableIn(port: DatabasePort, limit: number, undoes: string = MIGRATING): Promise<ArchivedRow[]> {
  const rows: ArchivedRow[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<DatabasePort['movable']>> = await port.movable(MIGRATION, undoes, after, limit);
    if (page.rows.length > limit) throw new Error(`A page of ${limit} has ${page.rows.length} rows.`);
    if (page.next !== null && page.next === after) throw new Error('A page names itself as the next one.');
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  return rows;
}

const named = (rows: readonly ArchivedRow[]): string[] => rows.map(({ collection, key }) => `${collection} ${key}`);

/** DB61: what a clear would move can be read beforehand, all of it, and nothing is changed by it. */
export function movableRules(kit: ContractKit): void {
  contentRules(kit);
  pageRules(kit);
}

function contentRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB61 gives what a clear then moves, each row as it is and with what became of it', async (subject) => {
    const { port } = subject;
    await subject.insert('environments', environment('theirs'));
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    await subject.insert('comments', { id: 'c1', taskId: 't1', text: 'hangs on it' });
    const before = { content: await contentOf(subject), ledger: await port.ledger(MIGRATION) };
    const movable = await movableIn(port, 3);
    expect({ content: await contentOf(subject), ledger: await port.ledger(MIGRATION) }).toEqual(before);
    expect(await port.archives(MIGRATION)).toEqual([]);
    const kinds = Object.fromEntries(movable.map(({ collection, key, kind }) => [`${collection} ${key}`, kind]));
    expect(kinds).toEqual({
      'environments ["e1"]': 'unchanged',
      'environments ["e2"]': 'unchanged',
      'environments ["new"]': 'added',
      'tasks ["new"]': 'added',
      'tasks ["t1"]': 'changed',
      'tasks ["t3"]': 'unchanged',
      'tasks ["t4"]': 'unchanged',
      'labels [1,"a"]': 'unchanged',
      'labels [1,"b"]': 'changed',
      'labels [2,"a"]': 'unchanged',
    });
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    const request = { migration: MIGRATION, run: ROLLING_BACK, content: 'all', after: null, limit: 50 } as const;
    const moved = (await port.archived(request)).rows.filter(
      ({ collection, table, kind }) => table === collection && kind !== 'deleted' && kind !== 'dependent',
    );
    expect(plainArchive(movable)).toEqual(plainArchive(moved));
    expect(await movableIn(port, 3)).toEqual([]);
  });

  test('DB61 gives every column exactly', async (subject) => {
    const { port } = subject;
    const pictures = [new Uint8Array(), new Uint8Array([0, 255, 10])];
    const tasks = AWKWARD_TEXTS.map((text, i) => {
      const bytes = kit.supports.includes('bytes') ? { picture: pictures[i % 2] } : {};
      return task(kit, text, {
        title: text,
        weight: [0.1, null][i % 2],
        settings: [{ a: [text] }, null][i % 2],
        ...bytes,
      });
    });
    await migrate(subject, { tasks });
    const rows = (await movableIn(port, 1000)).map(({ row }) => row as Row);
    expect(plainRows(rows)).toEqual(plainRows((await subject.rows('tasks')).map(plainRow)));
    expect(rows.length).toBe(AWKWARD_TEXTS.length);
  });

  test(
    'DB61 knows only its own run and scope',
    async (subject) => {
      const { port } = subject;
      await migrate(subject, { environments: [environment('e1'), environment('e2')] });
      await subject.insert('environments', environment('foreign', { owner: 'you' }));
      await subject.update('environments', { id: 'e2' }, { owner: 'you' });
      expect(named(await movableIn(port, 10))).toEqual(['environments ["e1"]']);
      expect(await movableIn(port, 10, 'unheard-of')).toEqual([]);
    },
    { scope: 'owner' },
  );

  test('DB61 leaves the rows of another run to that one', async (subject) => {
    const { port } = subject;
    await migrate(subject, { environments: [environment('mine')] });
    await migrate(subject, { environments: [environment('yours')] }, 'other-run');
    expect(named(await movableIn(port, 10))).toEqual(['environments ["mine"]']);
    expect(named(await movableIn(port, 10, 'other-run'))).toEqual(['environments ["yours"]']);
  });
}

function pageRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB61 comes in pages of any size, one collection after the other, in the order of the keys', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const whole = named(await movableIn(port, 1000));
    expect(whole.length).toBe(SAMPLE_SIZE);
    for (const limit of [1, 2, 3, 4, 9, 10]) expect(named(await movableIn(port, limit))).toEqual(whole);
    const collections = [...new Set(whole.map((name) => name.split(' ')[0]))];
    const inOrder = collections.flatMap((collection) =>
      whole.filter((name) => name.startsWith(`${collection} `)).sort(),
    );
    expect(whole).toEqual(inOrder);
  });

  test('DB61 goes on behind a row that was deleted meanwhile, and gives none twice', async (subject) => {
    const { port } = subject;
    const tasks = Array.from({ length: 7 }, (_, i) => task(kit, `t${i}`));
    await migrate(subject, { tasks });
    const first = await port.movable(MIGRATION, MIGRATING, null, 3);
    expect(first.rows.map(({ key }) => key)).toEqual(['["t0"]', '["t1"]', '["t2"]']);
    await subject.remove('tasks', { id: 't2' });
    await subject.remove('tasks', { id: 't0' });
    const second = await port.movable(MIGRATION, MIGRATING, first.next, 10);
    expect(second.rows.map(({ key }) => key)).toEqual(['["t3"]', '["t4"]', '["t5"]', '["t6"]']);
  });
}
