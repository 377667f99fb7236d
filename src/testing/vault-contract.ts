import type { VaultPort } from '../ports/vault.ts';
import { type Disposable, refusalOf, using } from './contract-subject.ts';
import { type ContractTools, itWhere } from './contract-tools.ts';

/** What a vault may support beyond what every one must: `exclusion` is `whileAbsent`. */
export type VaultFeature = 'exclusion';

/** A vault under test. */
export interface VaultSubject extends Disposable {
  /** A new handle on this vault: another tab or process. */
  open(): Promise<VaultPort> | VaultPort;
}

/** What an adapter's author passes in. */
export interface VaultContract {
  readonly name: string;
  /** An empty vault of its own. */
  create(): Promise<VaultSubject> | VaultSubject;
  readonly supports: readonly VaultFeature[];
}

interface Case extends ContractTools {
  readonly contract: VaultContract;
}

const TEXTS = ['', '\u0000', 'a\r\nb\rc\n', '\ufeffwith a mark', '🗂️ emoji', 'שלום', '\u2028', 'x'.repeat(3_000_000)];
const NO_NAMES = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  '../a',
  'a/..',
  'a/./b',
  'a b',
  'ä',
  'a\\b',
  'a\u0000',
  'a:b',
];
const LONGEST = 'n'.repeat(200);

const onVault = (contract: VaultContract, body: (vault: VaultPort, subject: VaultSubject) => Promise<void>) =>
  using(contract.create(), async (subject) => body(await subject.open(), subject));

function textTests({ it, expect, contract }: Case): void {
  it('VA1 a name that was never written reads as null, a text in every unit', () =>
    onVault(contract, async (vault, subject) => {
      expect(await vault.get('never/written')).toBe(null);
      for (const [index, text] of TEXTS.entries()) await vault.put(`texts/${index}`, text);
      await vault.put(LONGEST, 'the longest name');
      const other = await subject.open();
      for (const [index, text] of TEXTS.entries()) expect((await other.get(`texts/${index}`)) === text).toBe(true);
      expect(await other.get(LONGEST)).toBe('the longest name');
    }));

  it('VA2 VA10 put replaces, for every handle', () =>
    onVault(contract, async (vault, subject) => {
      const other = await subject.open();
      await vault.put('a', 'a long first text');
      await other.put('a', 'short');
      expect(await vault.get('a')).toBe('short');
      expect(await (await subject.open()).get('a')).toBe('short');
    }));

  it('VA9 a text with a lone surrogate is refused', () =>
    onVault(contract, async (vault) => {
      await vault.put('a', 'before');
      expect(await refusalOf(() => vault.put('a', 'x\ud800y'))).toBe('INPUT_ARGUMENT');
      expect(await refusalOf(() => vault.putIfAbsent('b', '\udc00'))).toBe('INPUT_ARGUMENT');
      expect(await vault.get('a')).toBe('before');
      expect(await vault.list('')).toEqual(['a']);
    }));
}

function appendTests({ it, expect, contract }: Case): void {
  it('VA3 putIfAbsent stores once and leaves the first text', () =>
    onVault(contract, async (vault, subject) => {
      const other = await subject.open();
      expect(await vault.putIfAbsent('journal/1', 'first')).toBe('stored');
      expect(await other.putIfAbsent('journal/1', 'second')).toBe('exists');
      expect(await vault.putIfAbsent('journal/1', 'first')).toBe('exists');
      expect(await other.get('journal/1')).toBe('first');
      await vault.put('put', 'before');
      expect(await vault.putIfAbsent('put', 'after')).toBe('exists');
      await vault.remove('put');
      expect(await vault.putIfAbsent('put', 'after')).toBe('stored');
    }));

  it('VA4 of many that append the same name, exactly one stores', () =>
    onVault(contract, async (vault, subject) => {
      const handles = [vault, vault, await subject.open(), await subject.open(), await subject.open()];
      for (const name of ['journal/1', 'journal/2', 'journal/3']) {
        const outcomes = await Promise.all(handles.map((handle, index) => handle.putIfAbsent(name, `from ${index}`)));
        expect(outcomes.filter((outcome) => outcome === 'stored').length).toBe(1);
        expect(await vault.get(name)).toBe(`from ${outcomes.indexOf('stored')}`);
      }
    }));
}

function nameTests({ it, expect, contract }: Case): void {
  it('VA5 lists names with a prefix in the order of their code units', () =>
    onVault(contract, async (vault, subject) => {
      const names = ['journal/10', 'journal/9', 'journal/1', 'journal-old', 'Journal/1', 'journal.x/y/z', 'b', 'a_1'];
      for (const name of names) await vault.put(name, name);
      const other = await subject.open();
      expect(await other.list('')).toEqual([...names].sort());
      expect(await other.list('journal')).toEqual(names.filter((name) => name.startsWith('journal')).sort());
      expect(await other.list('journal/')).toEqual(['journal/1', 'journal/10', 'journal/9']);
      expect(await other.list('journal/1')).toEqual(['journal/1', 'journal/10']);
      expect(await other.list('journal.x/y/')).toEqual(['journal.x/y/z']);
      expect(await other.list('nothing/here')).toEqual([]);
    }));

  it('VA6 removing is idempotent', () =>
    onVault(contract, async (vault) => {
      await vault.put('a/b', 'text');
      await vault.put('a/c', 'text');
      await vault.remove('a/b');
      await vault.remove('a/b');
      await vault.remove('x/y/z');
      expect(await vault.get('a/b')).toBe(null);
      expect(await vault.list('')).toEqual(['a/c']);
    }));

  it('VA7 names outside the grammar are refused', () =>
    onVault(contract, async (vault) => {
      for (const name of [...NO_NAMES, `${LONGEST}n`]) {
        expect(await refusalOf(() => vault.get(name))).toBe('VAULT_NAME');
        expect(await refusalOf(() => vault.put(name, 'text'))).toBe('VAULT_NAME');
        expect(await refusalOf(() => vault.putIfAbsent(name, 'text'))).toBe('VAULT_NAME');
        expect(await refusalOf(() => vault.remove(name))).toBe('VAULT_NAME');
      }
      for (const prefix of ['/', '../', 'a/../b', 'a//', 'a b', 'a\\'])
        expect(await refusalOf(() => vault.list(prefix))).toBe('VAULT_NAME');
      expect(await vault.list('')).toEqual([]);
    }));

  it('VA8 a name may continue another one', () =>
    onVault(contract, async (vault) => {
      await vault.put('a/b', 'inner');
      await vault.put('a', 'outer');
      await vault.put('a/b/c', 'innermost');
      expect([await vault.get('a'), await vault.get('a/b'), await vault.get('a/b/c')]).toEqual([
        'outer',
        'inner',
        'innermost',
      ]);
      await vault.remove('a');
      expect(await vault.list('')).toEqual(['a/b', 'a/b/c']);
    }));
}

function exclusionTests(tools: Case): void {
  const { expect, contract } = tools;
  const it = itWhere(tools, contract.supports.includes('exclusion'));

  it('VA19 an action on condition that a name is absent is run once, or not at all', () =>
    onVault(contract, async (vault, subject) => {
      const runs: string[] = [];
      const run = (what: string) => () => {
        runs.push(what);
        return what;
      };
      expect(await vault.whileAbsent?.('journal/1', run('first'))).toEqual({ status: 'absent', result: 'first' });
      expect(await vault.whileAbsent?.('journal/1', run('second'))).toEqual({ status: 'absent', result: 'second' });
      await (await subject.open()).put('journal/1', 'a record');
      expect(await vault.whileAbsent?.('journal/1', run('third'))).toEqual({ status: 'exists' });
      expect(runs).toEqual(['first', 'second']);
      expect(await vault.list('')).toEqual(['journal/1']);
      expect(await refusalOf(async () => vault.whileAbsent?.('a//b', run('fourth')))).toBe('VAULT_NAME');
    }));

  it('VA20 while the action is run nobody writes the name', () =>
    onVault(contract, async (vault, subject) => {
      const rivals = [vault, await subject.open(), await subject.open()];
      for (let round = 0; round < 20; round++) {
        const name = `journal/${round}`;
        const events: string[] = [];
        const act = async () => {
          const outcome = await vault.whileAbsent?.(name, () => void events.push('action'));
          if (outcome?.status === 'exists') events.push('refused');
        };
        const append = async (rival: VaultPort) => {
          if ((await rival.putIfAbsent(name, 'a record')) === 'stored') events.push('stored');
        };
        const [first, second, third] = rivals.map((rival) => () => append(rival));
        const order =
          [
            [act, first, second],
            [first, act, third],
            [third, first, act],
          ][round % 3] ?? [];
        await Promise.all(order.map((one) => one?.()));
        // Refused, it may be told of it before the one who was quicker is.
        expect(['action,stored', 'refused,stored', 'stored,refused'].includes(events.join())).toBe(true);
      }
    }));

  it('VA21 what the action throws is thrown on, and the vault works as before', () =>
    onVault(contract, async (vault) => {
      const fault = new Error('Told to fail.');
      const failing = () => {
        throw fault;
      };
      const thrown = await Promise.resolve(vault.whileAbsent?.('a', failing)).catch((error: unknown) => error);
      expect(thrown).toBe(fault);
      await vault.put('a', 'text');
      expect(await vault.get('a')).toBe('text');
    }));
}

/** The contract of `VaultPort`: rules VA1 to VA10, and VA19 to VA21 with `exclusion`. */
export function vaultContract(tools: ContractTools, contract: VaultContract): void {
  tools.describe(`${contract.name} keeps the contract of a vault`, () => {
    const all = { ...tools, contract };
    textTests(all);
    appendTests(all);
    nameTests(all);
    exclusionTests(all);
  });
}
