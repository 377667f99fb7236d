import { NO_DRIFT, type Row, type RowDigest } from '../../ports/database.ts';
import { type ContractKit, contentOf, driftedOf, hold, MIGRATION, plainArchive, plainRows } from './kit.ts';
import {
  copyAll,
  drift,
  environment,
  MIGRATING,
  migrate,
  ROLLING_BACK,
  SAMPLE_DRIFT,
  sampleRows,
  survey,
  task,
} from './sample.ts';

/** DB13 to DB15: digests, the survey, and the digest of the drift. */
export function driftRules(kit: ContractKit): void {
  digestRules(kit);
  surveyRules(kit);
  driftDigestRules(kit);
}

function digestRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB13 digests count the rows that the run brought, by collection', async (subject) => {
    const { port } = subject;
    await subject.insert('environments', environment('theirs'));
    const fence = await hold(port, MIGRATING);
    await port.begin(fence);
    await copyAll(port, fence, { ...sampleRows(kit), labels: [] });
    const digests = await port.digest(fence);
    const counts = digests.map(({ collection, rows }) => `${collection} ${rows}`).sort();
    expect(counts).toEqual(['environments 2', 'labels 0', 'tasks 4']);
    for (const { digest } of digests) expect(digest.length).toBeGreaterThan(0);
  });

  test('DB13 a change in any single column is a drift, and undoing it is none', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const changes: Row = {
      owner: 'you',
      title: 'Task t1 ',
      position: 2,
      weight: 0.25,
      done: null,
      settings: [true, { deep: { er: '😁' } }],
      environmentId: 'e2',
      ...(kit.supports.includes('bytes') ? { picture: new Uint8Array([0, 1, 127, 128, 254]) } : {}),
    };
    const original = (await subject.rows('tasks')).find(({ id }) => id === 't1');
    for (const [column, value] of Object.entries(changes)) {
      await subject.update('tasks', { id: 't1' }, { [column]: value });
      expect({ column, changed: (await survey(port)).drift.changed }).toEqual({ column, changed: 1 });
      await subject.update('tasks', { id: 't1' }, { [column]: original?.[column] });
      expect({ column, digest: (await survey(port)).drift.digest }).toEqual({ column, digest: NO_DRIFT });
    }
  });

  test('DB13 null and the empty text are told apart, and so are columns that swap their values', async (subject) => {
    const { port } = subject;
    await migrate(subject, { environments: [environment('e', { owner: 'a', name: 'b' })] });
    const digests = new Set<string>();
    const states = [
      { owner: null },
      { owner: '' },
      { owner: 'null' },
      { owner: 'b', name: 'a' },
      { owner: 'ab', name: '' },
    ];
    for (const state of states) {
      await subject.update('environments', { id: 'e' }, state);
      digests.add((await survey(port)).drift.digest);
    }
    expect(digests.size).toBe(states.length);
  });

  test('DB13 row digests come in pages in the order of the keys, as they were recorded', async (subject) => {
    const { port } = subject;
    const tasks = Array.from({ length: 7 }, (_, i) => task(kit, `t${i}`));
    await migrate(subject, { tasks });
    const read = async (): Promise<RowDigest[]> => {
      const all: RowDigest[] = [];
      for (let after: string | null = null; ; after = all.at(-1)?.key ?? null) {
        const page = await port.rowDigests(MIGRATING, 'tasks', after, 3);
        expect(page.length).toBeLessThanOrEqual(3);
        if (page.length === 0) return all;
        all.push(...page);
      }
    };
    const recorded = await read();
    expect(recorded.map(({ key }) => key)).toEqual(tasks.map(({ id }) => JSON.stringify([id])));
    expect(new Set(recorded.map(({ digest }) => digest)).size).toBe(7);
    await subject.update('tasks', { id: 't3' }, { title: 'changed' });
    await subject.insert('tasks', task(kit, 'added'));
    expect(await read()).toEqual(recorded);
  });
}

function surveyRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB14 tells what was added, changed and deleted, and changes nothing', async (subject) => {
    const { port } = subject;
    await subject.insert('environments', environment('theirs'));
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    const before = { content: await contentOf(subject), ledger: await port.ledger(MIGRATION) };
    const found = await survey(port);
    expect({ content: await contentOf(subject), ledger: await port.ledger(MIGRATION) }).toEqual(before);
    expect(await port.archives(MIGRATION)).toEqual([]);
    expect(found.drift).toMatchObject(SAMPLE_DRIFT);
    expect(plainRows(found.collections as unknown as Row[])).toEqual(
      plainRows([
        { collection: 'environments', rows: 3, added: 1, changed: 0, deleted: 0, kept: 1 },
        { collection: 'tasks', rows: 4, added: 1, changed: 1, deleted: 1, kept: 0 },
        { collection: 'labels', rows: 3, added: 0, changed: 1, deleted: 0, kept: 0 },
      ]),
    );
    const entries = found.entries.map(({ collection, key, kind }) => `${collection} ${key} ${kind}`).sort();
    expect(entries).toEqual([
      'environments ["new"] added',
      'labels [1,"b"] changed',
      'tasks ["new"] added',
      'tasks ["t1"] changed',
      'tasks ["t2"] deleted',
    ]);
  });

  test('DB14 gives at most as many entries as are asked for, and counts all', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    const all = await survey(port);
    const some = await survey(port, MIGRATING, 2);
    expect(some.entries.length).toBe(2);
    expect((await survey(port, MIGRATING, 0)).entries).toEqual([]);
    expect(some.drift).toEqual(all.drift);
    expect(some.collections).toEqual(all.collections);
  });

  test('DB14 what the survey says is what a clear then does', async (subject) => {
    const { port } = subject;
    await subject.insert('environments', environment('theirs'));
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    const found = await survey(port);
    const outcome = await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: found.drift.digest });
    const { collections, dependents } = found;
    expect(outcome).toEqual({ status: 'cleared', undoes: MIGRATING, drift: found.drift, collections, dependents });
  });

  test('DB14 the drifted rows can be read beforehand as the archive then holds them', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    expect(await driftedOf(port, MIGRATING)).toEqual([]);
    await drift(kit, subject);
    const content = await contentOf(subject);
    const before = plainArchive(await driftedOf(port, MIGRATING));
    expect(before.length).toBe(5);
    expect((await port.drifted(MIGRATION, MIGRATING, null, 2)).rows.length).toBe(2);
    expect(await contentOf(subject)).toEqual(content);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    const page = await port.archived({
      migration: MIGRATION,
      run: ROLLING_BACK,
      content: 'drift',
      after: null,
      limit: 50,
    });
    expect(plainArchive(page.rows)).toEqual(before);
  });
}

function driftDigestRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB15 the same drift has the same digest, another one has another', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const digest = async (): Promise<string> => (await survey(port)).drift.digest;
    expect(await digest()).toBe(NO_DRIFT);
    const seen = new Set([NO_DRIFT]);
    const steps: (() => unknown)[] = [
      () => subject.insert('tasks', task(kit, 'new')),
      () => subject.update('tasks', { id: 'new' }, { title: 'other' }),
      () => subject.insert('tasks', task(kit, 'newer')),
      () => subject.update('tasks', { id: 't1' }, { title: 'other' }),
      () => subject.update('tasks', { id: 't1' }, { title: 'another' }),
      () => subject.remove('tasks', { id: 't3' }),
      () => subject.remove('tasks', { id: 't1' }),
      () => subject.remove('tasks', { id: 'newer' }),
    ];
    for (const [index, step] of steps.entries()) {
      await step();
      const now = await digest();
      expect({ index, seen: seen.has(now) }).toEqual({ index, seen: false });
      expect(await digest()).toBe(now);
      expect((await survey(port, MIGRATING, 1)).drift.digest).toBe(now);
      seen.add(now);
    }
  });

  test('DB15 a row that was deleted and written again as it was is no drift', async (subject) => {
    const { port } = subject;
    const rows = sampleRows(kit);
    await migrate(subject, rows);
    const { digest } = (await survey(port)).drift;
    await subject.remove('tasks', { id: 't4' });
    expect((await survey(port)).drift.deleted).toBe(1);
    const row = rows.tasks?.find(({ id }) => id === 't4');
    if (row !== undefined) await subject.insert('tasks', row);
    expect((await survey(port)).drift.digest).toBe(digest);
  });
}
