import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../adapters/temporary-folder.ts';

const SLOW = 300_000;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lastLine: string;
}

/** Runs the demo as `npm run demo` does, with its temporary files in a folder of the test. */
function runDemo(temporary: string, ...args: readonly string[]): Promise<Ended> {
  const command = ['--import', 'tsx', join(ROOT, 'examples/demo/main.ts'), ...args];
  const options = { cwd: ROOT, env: { ...process.env, TMPDIR: temporary }, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' });
    });
  });
}

/** What is in the folder, but for the loader's cache. */
async function leftIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('tsx-'));
}

/** Runs the demo on a dump, sees to it that the file stays as it is, and gives what `--json` prints. */
async function runOnDump(folder: string, text: string): Promise<Readonly<Record<string, never>>> {
  const file = join(folder, 'dump.json');
  const temporary = join(folder, 'temporary');
  await mkdir(temporary);
  await writeFile(file, text);
  const { code, stdout, stderr } = await runDemo(temporary, '--storage', file, '--json');
  expect({ code, complaint: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, complaint: '' });
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(await leftIn(temporary)).toEqual([]);
  return JSON.parse(stdout);
}

/** Runs the demo on a file that it has to refuse; gives the complaint. */
async function refusalOf(text: string): Promise<string> {
  let complaint = '';
  await inFolder(async (folder) => {
    const file = join(folder, 'dump.json');
    await writeFile(file, text);
    const { code, stdout, stderr } = await runDemo(folder, '--storage', file, '--folder', join(folder, 'work'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await leftIn(folder)).toEqual(['dump.json']);
    expect(await readFile(file, 'utf8')).toBe(text);
    complaint = stderr;
  });
  return complaint;
}

const numbered = <Value>(count: number, value: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => value(index));

/** Stores in all shapes, written in ways in which `JSON.stringify` would not write them. */
const STORES: Readonly<Record<string, string>> = {
  'task-store': JSON.stringify({ state: { tasks: numbered(40, (n) => ({ id: `t${n}`, text: `שלום ${n} 🙂` })) } }),
  'same-ids': JSON.stringify(numbered(5, (n) => ({ id: `t${n}`, text: 'another' }))),
  'written by hand':
    '\n[ {"id": 7, "a": "\\u0026", "n": 1.0, "p": "a\\/b"} ,\r\n\t{"id":8,"big":12345678901234567890} , {"id":9,"huge":1e400,"n":-0}\n] ',
  'times as ids': '[{"id":1736150400000},{"id":1736150400001,"lone":"\\ud83d"},{"id":-5}]',
  'persist:root': JSON.stringify({
    tasks: JSON.stringify({ list: [{ uuid: 'a' }, { uuid: 'b', nested: { deep: ['"'] } }, { uuid: 'c' }] }),
    people: JSON.stringify({ 'p-1': { name: 'Ö' }, 'p-2': { name: '"' }, 'p-3': { name: '' } }),
    _persist: '{"version":-1,"rehydrated":true}',
  }),
  entities: '{"ids":[3,1,2],"entities":{"1":{"id":1},"2":{"id":2,"x":null},"3":{"id":3}},"selected":1}',
  'note-1': '{"id":"1","text":"one"}',
  'note-2': '{ "id": "2", "text": "two" }',
  'note-3': '{"id":"3","text":"\\u00e9"}',
  'names to fear': '[{"id":"x","__proto__":{"y":1},"constructor":2},{"id":"z","toString":null},{"id":"length"}]',
};

/** What is in no collection, whatever it looks like. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['duplicate ids', '[{"id":1},{"id":1}]'],
  ['broken', '[{"id":1},{"id"'],
  ['no JSON', 'hello "world"'],
  ['empty', ''],
  ['lone', 'a\ud800b'],
  ['nul', 'a\u0000b'],
  ['large', `{"text":"${'x'.repeat(700_000)}"}`],
  ['__proto__', '{"polluted":true}'],
  ['length', '12'],
  ['getItem', 'x'],
  ['constructor', '1'],
  ['', 'the empty key'],
  ['star*', '1'],
  ['back\\slash', '2'],
  ['numbers', '[1.0, 2e3]'],
  ...numbered(1000, (n): [string, string] => [`https://example.com/a b?q=${n}&r=\n%20#${n}`, ` ${n}\n`]),
];

const asPlainDump = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([key, value]) => `\n ${JSON.stringify(key)} : ${JSON.stringify(value)}`).join(',')}\n}`;

describe('the demo', () => {
  it('RB2 RB3 RB18 rolls back with a merge, and through a crash byte for byte', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const { code, stdout, stderr, lastLine } = await runDemo(folder);
      expect({ code, complaint: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, complaint: '' });
      expect(lastLine).toBe('demo: 14 of 14 keys restored byte for byte, 262 rows removed, 1 crash survived');
      expect(await leftIn(folder)).toEqual([]);
    }),
  );

  it('CO16 CO17 CO18 works on a dump in which everything is unusual', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const entries = [...Object.entries(STORES), ...OTHERS];
      const { firstRun, secondRun, summary } = await runOnDump(folder, asPlainDump(entries));
      const rows = 40 + 5 + 3 + 3 + 3 + 3 + 3 + 3 + 3;
      expect(summary).toBe(
        `demo: ${entries.length} of ${entries.length} keys restored byte for byte, ${rows} rows removed, 1 crash survived`,
      );
      expect(firstRun).toMatchObject({ proof: { added: 9, changed: 9, deleted: 9, sameItems: rows - 18, faults: [] } });
      expect(secondRun).toMatchObject({ crash: { signal: 'SIGKILL' }, found: { rows: 0 }, keysThatDiffer: [] });
    }),
  );

  it.each([
    ['without a collection', { settings: '{"a":1.0}', draft: 'not JSON' }],
    ['that is empty', {}],
  ])('CO17 works on a dump %s', { timeout: SLOW }, (_title, dump) =>
    inFolder(async (folder) => {
      const keys = Object.keys(dump).length;
      const { firstRun, summary } = await runOnDump(folder, JSON.stringify(dump));
      expect(summary).toBe(`demo: ${keys} of ${keys} keys restored byte for byte, 0 rows removed, 1 crash survived`);
      expect(firstRun).toMatchObject({ edits: [], proof: { sameKeys: keys } });
    }),
  );

  const origins = ['https://one.example', 'https://two.example'];
  const twoOrigins = JSON.stringify({
    cookies: [],
    origins: origins.map((origin) => ({ origin, localStorage: [{ name: 'list', value: '[{"id":1},{"id":2}]' }] })),
  });

  it('ST16 asks which of two origins is meant, and takes the one that is named', { timeout: SLOW }, async () => {
    const complaint = await refusalOf(twoOrigins);
    for (const origin of origins) expect(complaint).toContain(origin);
    await inFolder(async (folder) => {
      const file = join(folder, 'state.json');
      await writeFile(file, twoOrigins);
      const { lastLine } = await runDemo(folder, '--storage', file, '--origin', 'https://two.example');
      expect(lastLine).toBe('demo: 1 of 1 keys restored byte for byte, 2 rows removed, 1 crash survived');
      expect(await leftIn(folder)).toEqual(['state.json']);
      expect(await readFile(file, 'utf8')).toBe(twoOrigins);
    });
  });

  it.each([
    ['is cut off', '{"a": "1"', 'not JSON'],
    ['is a list', '["a"]', 'an object'],
    ['holds a number', '{"a": 1}', 'a string'],
  ])('ST18 refuses a file that %s, and writes nothing', { timeout: SLOW }, async (_title, text, words) => {
    const complaint = await refusalOf(text);
    expect(complaint).toContain(words);
    expect(complaint).not.toMatch(/\n\s+at /);
  });
});
