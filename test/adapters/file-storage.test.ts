import { renameSync as renameNow } from 'node:fs';
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileStorage } from '../../src/adapters/node/file-storage.ts';
import { jsonFaultAt } from '../../src/adapters/node/json-fault.ts';
import { parseStorageDump } from '../../src/adapters/node/storage-dump.ts';
import { traceFiles } from './file-trace.ts';
import { inFolder } from './temporary-folder.ts';

const always = (): boolean => true;
const SECRET = 'sEcReT';

/** What a browser test runner writes, with numbers, order and spacing that JSON.stringify would not reproduce. */
const STATE = `{
  "cookies": [ { "name": "sid", "value": "${SECRET}", "expires": 1.0, "big": 12345678901234567890 } ],
  "2": "out of order", "1": null,
  "origins": [
    { "origin": "https://a.example", "localStorage": [] },
    {
      "indexedDB": [{"name":"db","version":1e0}],
      "origin": "https://b.example",
      "localStorage": [
        { "value": "one", "name": "a" },
        {"name":"b",   "value":"\\u0074wo", "extra": [1.50]}
      ],
      "unknown": {"\\u0061": {}}
    }
  ]
}
`;

describe('the storageState layout', () => {
  const inState = (body: (file: string) => Promise<void>) =>
    inFolder(async (folder) => {
      const file = join(folder, 'state.json');
      await writeFile(file, STATE);
      await body(file);
    });

  it('ST17 what a burst does not change keeps its text', () =>
    inState(async (file) => {
      const storage = fileStorage({ path: file, origin: 'https://b.example' });
      await storage.write([{ key: 'a', value: 'u"no', expect: ['one'] }], always);
      expect(await readFile(file, 'utf8')).toBe(STATE.replace('"one"', '"u\\"no"'));
      await storage.write(
        [
          { key: 'a', value: null, expect: ['u"no'] },
          { key: 'c', value: 'three', expect: [null] },
        ],
        always,
      );
      const expected = STATE.replace(/\{ "value": "one", "name": "a" \},\s*/, '').replace(
        /( {8})(\{"name":"b".*\})/,
        '$1$2,\n        {"name":"c","value":"three"}',
      );
      expect(await readFile(file, 'utf8')).toBe(expected);
    }));

  it('ST16 reads and writes the chosen origin only', () =>
    inState(async (file) => {
      const storage = fileStorage({ path: file, origin: 'https://a.example' });
      expect(storage.origin).toBe('https://a.example');
      expect(await storage.keys()).toEqual([]);
      await storage.write([{ key: 'a', value: 'mine', expect: [null] }], always);
      expect(await readFile(file, 'utf8')).toBe(
        STATE.replace('"localStorage": []', '"localStorage": [{"name":"a","value":"mine"}]'),
      );
      const other = await fileStorage({ path: file, origin: 'https://b.example' }).read(['a', 'b']);
      expect([...other.values()]).toEqual(['one', 'two']);
    }));

  it('ST16 several origins without a choice, or a wrong choice, list what there is', () =>
    inState(async (file) => {
      const list = expect.stringContaining('https://a.example, https://b.example');
      await expect(fileStorage({ path: file }).keys()).rejects.toMatchObject({ code: 'STORAGE_FORMAT', message: list });
      expect(() => fileStorage({ path: file }).origin).toThrow(
        expect.objectContaining({ code: 'STORAGE_FORMAT', message: list }),
      );
      await expect(fileStorage({ path: file, origin: 'https://c.example' }).keys()).rejects.toMatchObject({
        code: 'STORAGE_FORMAT',
        message: list,
      });
    }));

  it('ST16 the only origin needs no choice', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'state.json');
      await writeFile(file, '{"cookies":[],"origins":[{"origin":"https://only.example","localStorage":[]}]}');
      expect(fileStorage({ path: file }).origin).toBe('https://only.example');
    }));

  it('ST16 a plain object is named by its URL, or as it is told', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'dump.json');
      await writeFile(file, '{"origins":"a key like any other"}');
      expect(fileStorage({ path: file }).origin).toBe(pathToFileURL(file).href);
      expect(fileStorage({ path: file, origin: 'https://x.example' }).origin).toBe('https://x.example');
      expect(await fileStorage({ path: file }).keys()).toEqual(['origins']);
    }));
});

describe('files that are refused', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['cut off', `{"a":"${SECRET}`, 'line 1'],
    ['not JSON', `{"a":"1",\n "b":${SECRET}}`, 'line 2, column 6'],
    ['a number', `{"a":"1",\n"b":5}`, 'line 2, column 5'],
    ['a nested object', `{"a":{"b":"${SECRET}"}}`, 'line 1, column 6'],
    ['null', '{"a":null}', '"a"'],
    ['an array', `["${SECRET}"]`, 'an object'],
    ['a string', `"${SECRET}"`, 'an object'],
    ['empty', '', 'line 1, column 1'],
    ['a doubled key', `{"a":"1","\\u0061":"${SECRET}"}`, '"a" is there twice'],
    ['no origins', '{"cookies":[],"origins":[]}', 'no origin'],
    ['a doubled origin', '{"origins":[{"origin":"o","localStorage":[]},{"origin":"o","localStorage":[]}]}', 'several'],
    ['no localStorage', '{"origins":[{"origin":"o"}]}', '"localStorage" is missing'],
    ['a value missing', '{"origins":[{"origin":"o","localStorage":[{"name":"a"}]}]}', '"value" is missing'],
    [
      'a value of 1',
      '{"origins":[{"origin":"o","localStorage":[{"name":"a","value":1}]}]}',
      '"value" has to be a string',
    ],
  ];
  for (const [name, text, place] of refused) {
    it(`ST18 ${name} is refused with its place, without values, and nothing is written`, () =>
      inFolder(async (folder) => {
        const file = join(folder, 'dump.json');
        await writeFile(file, text);
        const storage = fileStorage({ path: file });
        const error = expect.objectContaining({ code: 'STORAGE_FORMAT', message: expect.stringContaining(place) });
        await expect(storage.read(['a'])).rejects.toEqual(error);
        const written = await storage
          .write([{ key: 'z', value: 'z', expect: [null] }], always)
          .catch((e: unknown) => e);
        expect(written).toEqual(error);
        expect(`${(written as Error).stack} ${String((written as Error).cause)}`).not.toContain(SECRET);
        expect(await readFile(file, 'utf8')).toBe(text);
        expect(await readdir(folder)).toEqual(['dump.json']);
      }));
  }

  it('ST18 bytes that are not UTF-8 are refused', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'dump.json');
      await writeFile(file, Buffer.from('{"a":"\xff"}', 'latin1'));
      await expect(fileStorage({ path: file }).keys()).rejects.toMatchObject({ code: 'STORAGE_FORMAT' });
    }));

  it('ST19 a missing file is not an empty one', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'dump.json');
      const storage = fileStorage({ path: file });
      const error = { code: 'STORAGE_UNAVAILABLE', persistence: 'permanent', message: expect.stringContaining(file) };
      await expect(storage.keys()).rejects.toMatchObject(error);
      await expect(storage.write([], always)).rejects.toMatchObject(error);
      expect(await readdir(folder)).toEqual([]);
    }));
});

describe('where a text stops being JSON', () => {
  const faults: readonly (readonly [string, number])[] = [
    ['', 0],
    ['  ', 2],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[1}', 2],
    ['{"a":"\\x"}', 6],
    ['{"a":"b\nc"}', 7],
    ['"cut off', 8],
    ['{"a":[{"b":[', 12],
    ['{} {}', 3],
    ['01', 1],
    ['1.', 1],
    ['tru', 0],
    ['{"a":1}}', 7],
    ["{'a':1}", 1],
  ];
  it('ST18 is told for every kind of fault', () => {
    for (const [text, place] of faults) {
      expect(() => JSON.parse(text)).toThrow();
      expect([text, jsonFaultAt(text)]).toEqual([text, place]);
    }
  });

  it('ST18 is the end of every text that is JSON, and of every one that is cut off in the middle', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, at) => {
        expect(jsonFaultAt(json)).toBe(json.length);
        const cut = json.slice(0, at % json.length);
        expect(jsonFaultAt(`[${cut}`)).toBeGreaterThanOrEqual(cut.length - 8);
      }),
    );
  });
});

describe('the file as a file', () => {
  const inDump = (body: (file: string, folder: string) => Promise<void>) =>
    inFolder(async (folder) => {
      const file = join(folder, 'dump.json');
      await writeFile(file, '{"a":"one"}');
      await body(file, folder);
    });
  const toUno = [{ key: 'a', value: 'uno', expect: ['one'] }];

  it('ST22 keeps its permissions', () =>
    inDump(async (file) => {
      await chmod(file, 0o640);
      await fileStorage({ path: file }).write(toUno, always);
      expect((await stat(file)).mode & 0o777).toBe(0o640);
      expect(await readFile(file, 'utf8')).toBe('{"a":"uno"}');
    }));

  it('ST22 keeps its byte order mark, and a link stays a link', () =>
    inDump(async (file, folder) => {
      await writeFile(file, '\ufeff{"a":"one"}\r\n');
      const link = join(folder, 'link.json');
      await symlink('dump.json', link);
      await fileStorage({ path: link }).write(toUno, always);
      expect((await lstat(link)).isSymbolicLink()).toBe(true);
      expect(await readFile(file, 'utf8')).toBe('\ufeff{"a":"uno"}\r\n');
    }));

  it('ST20 leaves nothing beside the file, and removes what others left', () =>
    inDump(async (file, folder) => {
      await writeFile(join(folder, '.dump.json.backpedal-draft-left'), '{"a":"half');
      await fileStorage({ path: file }).write(toUno, always);
      expect(await readdir(folder)).toEqual(['dump.json']);
      await fileStorage({ path: file }).write(toUno, () => false);
      expect(await readdir(folder)).toEqual(['dump.json']);
    }));

  it('ST6 permission is asked when all that is left to do is the rename', () =>
    inDump(async (file, folder) => {
      let asked = 0;
      const outcome = await fileStorage({ path: file }).write(toUno, () => {
        asked++;
        return false;
      });
      expect(outcome).toEqual({ status: 'notPermitted' });
      expect(asked).toBe(1);
      expect(await readFile(file, 'utf8')).toBe('{"a":"one"}');
      expect(await readdir(folder)).toEqual(['dump.json']);
    }));

  it('ST24 the new text is on the disk before it replaces the old one, and then the replacement', () =>
    inDump(async (file, folder) => {
      const write = async (): Promise<void> => void (await fileStorage({ path: file }).write(toUno, always));
      const trace = (await traceFiles(write)).filter((entry) => !entry.startsWith('link'));
      expect(trace).toEqual(['sync draft', 'rename draft dump.json', `sync ${basename(folder)}`]);
    }));

  it('ST21 a file that was replaced while the burst was being written is looked at again', () =>
    inDump(async (file, folder) => {
      const outside = join(folder, 'outside.json');
      await writeFile(outside, '{"a":"one","b":"written by somebody else"}');
      let attempts = 0;
      const writes = [
        {
          key: 'a',
          value: 'uno',
          // Read while the burst is planned, hence after the file was read and before it is replaced.
          get expect() {
            if (attempts++ === 0) renameNow(outside, file);
            return ['one'];
          },
        },
      ];
      expect(await fileStorage({ path: file }).write(writes, always)).toEqual({ status: 'written' });
      expect(attempts).toBeGreaterThan(1);
      expect(await readFile(file, 'utf8')).toBe('{"a":"uno","b":"written by somebody else"}');
    }));

  it('ST21 and what it holds now decides', () =>
    inDump(async (file, folder) => {
      const outside = join(folder, 'outside.json');
      await writeFile(outside, '{"a":"newer"}');
      let attempts = 0;
      const writes = [
        {
          key: 'a',
          value: 'uno',
          get expect() {
            if (attempts++ === 0) renameNow(outside, file);
            return ['one'];
          },
        },
      ];
      expect(await fileStorage({ path: file }).write(writes, always)).toEqual({ status: 'displaced', keys: ['a'] });
      expect(await readFile(file, 'utf8')).toBe('{"a":"newer"}');
    }));
});

describe('editing a dump', () => {
  const anyText = fc.string({ unit: 'binary' }).chain((text) => fc.constantFrom(text, `${text}\ud800`, `\\"${text}`));
  const key = fc.oneof(anyText, fc.constantFrom('__proto__', 'length', '', '1', '10', 'origins'));
  const entries = fc.uniqueArray(fc.tuple(key, anyText), { selector: ([name]) => name, maxLength: 8 });
  const changes = fc.uniqueArray(fc.tuple(key, fc.option(anyText)), { selector: ([name]) => name, maxLength: 8 });
  const gap = fc.constantFrom('', ' ', '\n', '\t\r\n  ');

  it('ST17 any changes to any content are there when it is read again, in the order of before', () => {
    fc.assert(
      fc.property(entries, changes, gap, fc.constantFrom('plain', 'state'), (content, edits, space, layout) => {
        const pair = layout === 'plain' ? plainPair(space) : statePair(space);
        const text = pair.wrap(content.map(pair.item).join(`${space},${space}`));
        const edited = parseStorageDump(text, 'file', undefined).edited(new Map(edits));
        const expected = new Map<string, string>(content);
        for (const [name, value] of edits) value === null ? expected.delete(name) : expected.set(name, value);
        expect([...parseStorageDump(edited, 'file', undefined).entries]).toEqual([...expected]);
      }),
    );
  });

  it('ST17 no changes leave the text as it is', () => {
    fc.assert(
      fc.property(entries, gap, (content, space) => {
        const pair = plainPair(space);
        const text = pair.wrap(content.map(pair.item).join(`${space},${space}`));
        expect(parseStorageDump(text, 'file', undefined).edited(new Map())).toBe(content.length > 0 ? text : '{}');
      }),
    );
  });
});

const plainPair = (space: string) => ({
  wrap: (items: string) => `{${space}${items}${space}}`,
  item: ([key, value]: [string, string]) => `${JSON.stringify(key)}${space}:${space}${JSON.stringify(value)}`,
});

const statePair = (space: string) => ({
  wrap: (items: string) => `{"origins":[{"localStorage":[${space}${items}${space}]${space},"origin":"o"}]}`,
  item: ([name, value]: [string, string]) => JSON.stringify({ value, name }),
});
