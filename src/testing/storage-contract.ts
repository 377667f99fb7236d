import type { StoragePort, StorageWrite } from '../ports/storage.ts';
import { type Disposable, refusalOf, using } from './contract-subject.ts';
import { type ContractTools, itWhere } from './contract-tools.ts';

/**
 * What a storage may support beyond the port: `quota` a limited capacity, which the suite then chooses; `fence` bursts
 * that are synchronous and carried out behind the fence that they are given.
 */
export type StorageFeature = 'quota' | 'fence';

/** A storage under test. */
export interface StorageSubject extends Disposable {
  /** A new handle on this storage: another tab or process. */
  open(): Promise<StoragePort> | StoragePort;
}

/** What an adapter's author passes in. */
export interface StorageContract {
  readonly name: string;
  /** A storage of its own with this content. `capacity` (UTF-16 units) is given only where `quota` is supported. */
  create(content: {
    readonly entries: readonly (readonly [string, string])[];
    readonly capacity?: number;
  }): Promise<StorageSubject> | StorageSubject;
  readonly supports: readonly StorageFeature[];
}

const always = (): boolean => true;
const ODD_KEYS = ['length', 'getItem', 'key', '__proto__', 'constructor', 'toString', '', ' ', 'a\nb', '0', '10', '2'];
const ODD_VALUES = ['', '\ud800', '\ud801', 'a\udc00b', '🗂️', '\u0000', '\u2028', '"\\', '{"a":1.0}', '\ufeffx', 'שלום'];
const ORIGINALS = [
  ['a', 'one'],
  ['b', 'two'],
  ['c', 'three'],
] as const;

interface Case extends ContractTools {
  readonly contract: StorageContract;
}

const contentOf = async (storage: StoragePort): Promise<Record<string, string | null>> => {
  const values = await storage.read(await storage.keys());
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Runs a test on a storage with the three original keys. */
const onOriginals = (
  contract: StorageContract,
  body: (storage: StoragePort, subject: StorageSubject) => Promise<void>,
) => using(contract.create({ entries: ORIGINALS }), async (subject) => body(await subject.open(), subject));

function readingTests({ it, expect, contract }: Case): void {
  it('ST1 lists every key, whatever its name', () =>
    using(contract.create({ entries: ODD_KEYS.map((key) => [key, `value of ${key}`]) }), async (subject) => {
      const storage = await subject.open();
      expect((await storage.keys()).sort()).toEqual([...ODD_KEYS].sort());
      const values = await storage.read(ODD_KEYS);
      expect(ODD_KEYS.map((key) => values.get(key))).toEqual(ODD_KEYS.map((key) => `value of ${key}`));
    }));

  it('ST1 writes and removes keys, whatever their names', () =>
    using(contract.create({ entries: [] }), async (subject) => {
      const storage = await subject.open();
      await storage.write(
        ODD_KEYS.map((key) => ({ key, value: `new ${key}`, expect: [null] })),
        always,
      );
      const values = await (await subject.open()).read(ODD_KEYS);
      expect(ODD_KEYS.map((key) => values.get(key))).toEqual(ODD_KEYS.map((key) => `new ${key}`));
      await storage.write(
        ODD_KEYS.map((key) => ({ key, value: null, expect: [`new ${key}`] })),
        always,
      );
      expect(await storage.keys()).toEqual([]);
    }));

  it('ST2 reads back every UTF-16 unit, and null for what is not there', () =>
    using(
      contract.create({ entries: ODD_VALUES.map((value, index) => [`given ${index}`, value]) }),
      async (subject) => {
        const storage = await subject.open();
        await storage.write(
          ODD_VALUES.map((value, index) => ({ key: `written ${index}`, value, expect: [null] })),
          always,
        );
        const again = await subject.open();
        for (const origin of ['given', 'written']) {
          const keys = ODD_VALUES.map((_, index) => `${origin} ${index}`);
          expect([...(await again.read(keys)).values()]).toEqual(ODD_VALUES);
        }
        expect([...(await again.read(['absent', 'hasOwnProperty', '__proto__']))]).toEqual([
          ['absent', null],
          ['hasOwnProperty', null],
          ['__proto__', null],
        ]);
      },
    ));
}

function burstTests({ it, expect, contract }: Case): void {
  it('ST3 ST11 a burst sets, replaces and removes, and leaves other keys alone', () =>
    onOriginals(contract, async (storage, subject) => {
      const outcome = await storage.write(
        [
          { key: 'b', value: null, expect: ['two'] },
          { key: 'd', value: 'four', expect: [null] },
          { key: 'a', value: 'uno', expect: ['something else', 'one'] },
        ],
        always,
      );
      expect(outcome).toEqual({ status: 'written' });
      expect(await contentOf(await subject.open())).toEqual({ a: 'uno', c: 'three', d: 'four' });
    }));

  it('ST4 a value that nobody expected stops the whole burst and is named', () =>
    onOriginals(contract, async (storage) => {
      const outcome = await storage.write(
        [
          { key: 'a', value: 'uno', expect: ['one'] },
          { key: 'b', value: 'due', expect: ['older two', null] },
          { key: 'c', value: null, expect: [] },
          { key: 'd', value: 'quattro', expect: ['four'] },
        ],
        always,
      );
      expect(outcome).toEqual({ status: 'displaced', keys: ['b', 'c', 'd'] });
      expect(await contentOf(storage)).toEqual(Object.fromEntries(ORIGINALS));
    }));

  it('ST5 a key that holds its target already is fine', () =>
    onOriginals(contract, async (storage) => {
      const writes: StorageWrite[] = [
        { key: 'a', value: 'one', expect: [] },
        { key: 'x', value: null, expect: [] },
        { key: 'b', value: 'due', expect: ['two'] },
      ];
      expect(await storage.write(writes, always)).toEqual({ status: 'written' });
      expect(await storage.write(writes, always)).toEqual({ status: 'written' });
      expect(await contentOf(storage)).toEqual({ a: 'one', b: 'due', c: 'three' });
    }));

  it('ST6 without permission nothing is written', () =>
    onOriginals(contract, async (storage) => {
      let asked = 0;
      const outcome = await storage.write([{ key: 'a', value: 'uno', expect: ['one'] }], () => {
        asked++;
        return false;
      });
      expect(outcome).toEqual({ status: 'notPermitted' });
      expect(asked).toBe(1);
      expect(await contentOf(storage)).toEqual(Object.fromEntries(ORIGINALS));
    }));

  it('ST8 a burst that names a key twice is refused', () =>
    onOriginals(contract, async (storage) => {
      const writes = [
        { key: 'b', value: 'due', expect: ['two'] },
        { key: 'a', value: 'uno', expect: ['one'] },
        { key: 'a', value: 'un', expect: ['uno'] },
      ];
      expect(await refusalOf(() => storage.write(writes, always))).toBe('INPUT_ARGUMENT');
      expect(await contentOf(storage)).toEqual(Object.fromEntries(ORIGINALS));
    }));

  it('ST10 of two bursts that expect the same value, one writes', () =>
    onOriginals(contract, async (storage, subject) => {
      const rival = await subject.open();
      const outcomes = await Promise.all([
        storage.write([{ key: 'a', value: 'first', expect: ['one'] }], always),
        rival.write([{ key: 'a', value: 'second', expect: ['one'] }], always),
      ]);
      expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['displaced', 'written']);
      const winner = outcomes[0]?.status === 'written' ? 'first' : 'second';
      expect((await contentOf(storage)).a).toBe(winner);
    }));
}

function quotaTests(tools: Case): void {
  const { expect, contract } = tools;
  const it = itWhere(tools, contract.supports.includes('quota'));

  it('ST7 a refusal in the middle puts back what the burst had written', () =>
    using(contract.create({ entries: ORIGINALS, capacity: 40 }), async (subject) => {
      const storage = await subject.open();
      const writes = [
        { key: 'a', value: null, expect: ['one'] },
        { key: 'b', value: 'zwei', expect: ['two'] },
        { key: 'd', value: 'new', expect: [null] },
        { key: 'c', value: 'x'.repeat(100), expect: ['three'] },
        { key: 'e', value: 'never reached', expect: [null] },
      ];
      expect(await refusalOf(() => storage.write(writes, always))).toBe('STORAGE_QUOTA');
      expect(await contentOf(storage)).toEqual(Object.fromEntries(ORIGINALS));
    }));

  it('ST9 room is counted in UTF-16 units, keys included', () =>
    using(contract.create({ entries: [['käse', '🧀']], capacity: 100 }), async (subject) => {
      const storage = await subject.open();
      expect(await storage.room()).toEqual({ capacity: 100, used: 6 });
      await storage.write([{ key: 'ab', value: 'cde', expect: [null] }], always);
      expect(await storage.room()).toEqual({ capacity: 100, used: 11 });
      await storage.write([{ key: 'käse', value: null, expect: ['🧀'] }], always);
      expect(await storage.room()).toEqual({ capacity: 100, used: 5 });
    }));
}

function fenceTests(tools: Case): void {
  const { expect, contract } = tools;
  const it = itWhere(tools, contract.supports.includes('fence'));
  const writes: readonly StorageWrite[] = [
    { key: 'a', value: 'uno', expect: ['one'] },
    { key: 'd', value: 'quattro', expect: [null] },
  ];

  it('ST25 a burst is carried out behind its fence, all of it in one synchronous call', () =>
    onOriginals(contract, async (storage, subject) => {
      const rival = await subject.open();
      const seen: unknown[] = [];
      const outcome = await storage.write(writes, always, async (burst) => {
        seen.push(await contentOf(rival));
        const result = burst();
        seen.push(result);
        return result;
      });
      expect(outcome).toEqual({ status: 'written' });
      expect(seen).toEqual([Object.fromEntries(ORIGINALS), { status: 'written' }]);
      expect(await contentOf(rival)).toEqual({ a: 'uno', b: 'two', c: 'three', d: 'quattro' });
    }));

  it('ST26 a burst that its fence does not let through, or that has lost its permission by then, writes nothing', () =>
    onOriginals(contract, async (storage) => {
      expect(await storage.write(writes, always, async () => ({ status: 'notPermitted' }))).toEqual({
        status: 'notPermitted',
      });
      let isWanted = true;
      const late = await storage.write(
        writes,
        () => isWanted,
        async (burst) => {
          isWanted = false;
          return burst();
        },
      );
      expect(late).toEqual({ status: 'notPermitted' });
      const displaced = [{ key: 'a', value: 'uno', expect: ['another'] }];
      expect(await storage.write(displaced, always, async (burst) => burst())).toEqual({
        status: 'displaced',
        keys: ['a'],
      });
      const fault = new Error('Told to fail.');
      const thrown = await storage.write(writes, always, () => Promise.reject(fault)).catch((error: unknown) => error);
      expect(thrown).toBe(fault);
      expect(await contentOf(storage)).toEqual(Object.fromEntries(ORIGINALS));
    }));
}

/** The contract of `StoragePort`: rules ST1 to ST11, and ST25 and ST26 with `fence`. */
export function storageContract(tools: ContractTools, contract: StorageContract): void {
  tools.describe(`${contract.name} keeps the contract of a storage`, () => {
    const all = { ...tools, contract };
    readingTests(all);
    burstTests(all);
    quotaTests(all);
    fenceTests(all);
  });
}
