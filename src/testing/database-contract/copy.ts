import type { Row } from '../../ports/database.ts';
import { type ContractKit, contentOf, hold, plainRows } from './kit.ts';
import { environment, label, MIGRATING, migrate, sampleRows, task } from './sample.ts';
import type { DatabaseSubject } from './subject.ts';

/** Texts, also used as ids, that something in between may damage. */
export const AWKWARD_TEXTS: readonly string[] = [
  '',
  ' ',
  '1',
  '01',
  'null',
  "it's",
  'say "hi"',
  'back\\slash',
  'new\nline\r\n\ttab',
  'a%b_c*d?',
  '["t1"]',
  'Ünïcödé e\u0301',
  '😀 👩‍👩‍👧',
  'שלום العالم',
  "'; DROP TABLE tasks; --",
  '\u2028\u2029\ufeff',
  'x'.repeat(5000),
];

/** DB8 to DB10 and DB57: rows come in exactly or are rejected, and comparing tells the truth. */
export function copyRules(kit: ContractKit): void {
  rejectionRules(kit);
  exactnessRules(kit);
  compareRules(kit);
  truthRules(kit);
}

/** Begins a run and copies one batch. */
async function copyOne(subject: DatabaseSubject, collection: string, rows: readonly Row[]) {
  const fence = await hold(subject.port, MIGRATING);
  await subject.port.begin(fence);
  return subject.port.copy(fence, { step: `copy:${collection}:0`, collection, rows });
}

function rejectionRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB8 skips the rows that the database refuses, says which, and takes the others', async (subject) => {
    const secret = 'a value of the user';
    const rows = [
      task(kit, 'good'),
      task(kit, 'bad', { title: null, owner: secret }),
      task(kit, 'good', { owner: secret }),
      task(kit, 'also good'),
    ];
    const outcome = await copyOne(subject, 'tasks', rows);
    expect(outcome.inserted).toBe(2);
    expect(outcome.rejected.map(({ index }) => index)).toEqual([1, 2]);
    for (const { reason } of outcome.rejected) {
      expect(reason.length).toBeGreaterThan(0);
      expect(reason.includes(secret)).toBe(false);
    }
    expect(plainRows(await subject.rows('tasks'))).toEqual(plainRows([task(kit, 'good'), task(kit, 'also good')]));
  });

  test('DB8 a row that others have under the same id is not overwritten', async (subject) => {
    await subject.insert('environments', environment('e1', { name: 'theirs' }));
    const outcome = await copyOne(subject, 'environments', [environment('e1'), environment('e2')]);
    expect(outcome.inserted).toBe(1);
    expect(outcome.rejected.map(({ index }) => index)).toEqual([0]);
    const names = (await subject.rows('environments')).map(({ name }) => String(name)).sort();
    expect(names).toEqual(['Environment e2', 'theirs']);
  });

  test('DB8 an empty batch is fine', async (subject) => {
    expect(await copyOne(subject, 'tasks', [])).toEqual({ inserted: 0, rejected: [] });
  });

  test(
    'DB8 a reference to a row that is not there is refused',
    async (subject) => {
      const outcome = await copyOne(subject, 'tasks', [task(kit, 'a', { environmentId: 'nowhere' }), task(kit, 'b')]);
      expect(outcome.rejected.map(({ index }) => index)).toEqual([0]);
      expect((await subject.rows('tasks')).map(({ id }) => id)).toEqual(['b']);
    },
    { needs: 'foreignKeys' },
  );
}

function exactnessRules(kit: ContractKit): void {
  const { test, expect } = kit;
  const arrives = async (subject: DatabaseSubject, collection: string, rows: readonly Row[]) => {
    const outcome = await copyOne(subject, collection, rows);
    expect(outcome).toEqual({ inserted: rows.length, rejected: [] });
    expect(plainRows(await subject.rows(collection))).toEqual(plainRows(rows));
    const compared = await subject.port.compare(MIGRATING, collection, rows);
    expect(compared).toEqual({ equal: rows.length, missing: 0, different: 0, keys: [] });
  };

  test('DB9 texts and ids arrive exactly, whatever is in them', (subject) =>
    arrives(
      subject,
      'tasks',
      AWKWARD_TEXTS.map((text) => task(kit, text, { title: text })),
    ));

  test('DB9 numbers and booleans arrive exactly', (subject) => {
    const integers = [0, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null];
    const reals = [0.1, 1, -2.5, 1e308, 5e-324, Math.PI, null];
    const done = [true, false, null, true, false, null, true];
    const rows = integers.map((position, i) => task(kit, `n${i}`, { position, weight: reals[i], done: done[i] }));
    return arrives(subject, 'tasks', rows);
  });

  test('DB9 JSON arrives with its structure', (subject) => {
    const values = [{}, [], { a: [1, 2.5, 'x', null, true, { b: {} }] }, { "it's": '😀\n"' }, 'text', 7, false, ['']];
    return arrives(
      subject,
      'environments',
      values.map((settings, i) => environment(`j${i}`, { settings })),
    );
  });

  test('DB9 composite ids arrive, one column a number', (subject) =>
    arrives(subject, 'labels', [label(1, '1'), label(1, 'a,b'), label(2, '1'), label(-3, ''), label(11, '"')]));

  test(
    'DB9 bytes arrive exactly',
    (subject) => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      const pictures = [new Uint8Array(), new Uint8Array([0]), all, new Uint8Array(70_000).fill(254), null];
      return arrives(
        subject,
        'tasks',
        pictures.map((picture, i) => task(kit, `b${i}`, { picture })),
      );
    },
    { needs: 'bytes' },
  );
}

function compareRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB10 counts rows that are equal, missing and different, and changes nothing', async (subject) => {
    const rows = sampleRows(kit);
    await migrate(subject, rows);
    await subject.update('tasks', { id: 't1' }, { settings: { deep: 'change' } });
    await subject.update('tasks', { id: 't2' }, { position: 8 });
    await subject.remove('tasks', { id: 't3' });
    await subject.insert('tasks', task(kit, 'of somebody'));
    const content = await contentOf(subject);
    const outcome = await subject.port.compare(MIGRATING, 'tasks', rows.tasks ?? []);
    expect({ ...outcome, keys: [...outcome.keys].sort() }).toEqual({
      equal: 1,
      missing: 1,
      different: 2,
      keys: ['["t1"]', '["t2"]', '["t3"]'],
    });
    expect(await contentOf(subject)).toEqual(content);
  });

  test('DB10 names at most ten examples', async (subject) => {
    const rows = Array.from({ length: 25 }, (_, i) => label(i, 'x'));
    await migrate(subject, { labels: rows });
    for (const { group, name } of rows) await subject.update('labels', { group, name }, { color: 'other' });
    const outcome = await subject.port.compare(MIGRATING, 'labels', rows);
    expect(outcome.different).toBe(25);
    expect(outcome.keys.length).toBe(10);
  });
}

function truthRules(kit: ContractKit): void {
  const { test, expect } = kit;
  const suspects = { 'U+0000': 'a\u0000b', 'a lone surrogate': 'a\ud800b', 'another lone surrogate': '\udfff' };
  for (const [what, text] of Object.entries(suspects)) {
    test(`DB57 a text with ${what} is either stored exactly, or rejected, or told by comparing`, async (subject) => {
      const row = environment('x', { name: text });
      const outcome = await copyOne(subject, 'environments', [row, environment('y')]);
      expect(outcome.inserted + outcome.rejected.length).toBe(2);
      const stored = (await subject.rows('environments')).find(({ id }) => id === 'x');
      expect(stored === undefined).toBe(outcome.rejected.length === 1);
      const { equal } = await subject.port.compare(MIGRATING, 'environments', [row]);
      expect(equal).toBe(stored?.name === text ? 1 : 0);
    });
  }
}
