import type { LockPort } from '../ports/lock.ts';
import { type Disposable, using } from './contract-subject.ts';
import { type ContractTools, itWhere } from './contract-tools.ts';

/** What a lock may support: to survive the death of a holder, and to tell a holder that the lock was taken away. */
export type LockFeature = 'death' | 'loss';

/** A lock under test. */
export interface LockSubject extends Disposable {
  /** A new handle on the same locks: another tab or process. */
  open(): Promise<LockPort> | LockPort;
  /** With `death`: leaves the lock behind as a holder that died does. */
  leaveBehind?(name: string): Promise<void> | void;
  /** With `loss`: takes the lock away from whoever holds it; afterwards nobody does. */
  takeAway?(name: string): Promise<void> | void;
}

/** What an adapter's author passes in. */
export interface LockContract {
  readonly name: string;
  /** Locks of their own, none of them held. */
  create(): Promise<LockSubject> | LockSubject;
  readonly supports: readonly LockFeature[];
}

interface Case extends ContractTools {
  readonly contract: LockContract;
}

const NAMES = ['tasks-to-database', 'a/b', '../a', 'A b', 'ä', '', '*', 'x'.repeat(300), `${'x'.repeat(299)}y`];

const onLock = (
  contract: LockContract,
  body: (lock: LockPort, rival: LockPort, subject: LockSubject) => Promise<void>,
) => using(contract.create(), async (subject) => body(await subject.open(), await subject.open(), subject));

function holdingTests({ it, expect, contract }: Case): void {
  it('LK1 a free lock is granted, a held one is not', () =>
    onLock(contract, async (lock, rival) => {
      const held = await lock.acquire('a');
      expect(held).not.toBe(null);
      expect(await lock.acquire('a')).toBe(null);
      expect(await rival.acquire('a')).toBe(null);
      await held?.release();
    }));

  it('LK2 a released lock is free; releasing twice is releasing once', () =>
    onLock(contract, async (lock, rival) => {
      const first = await lock.acquire('a');
      await first?.release();
      const second = await rival.acquire('a');
      expect(second).not.toBe(null);
      await first?.release();
      expect(await lock.acquire('a')).toBe(null);
      expect(second?.lost.aborted).toBe(false);
      await second?.release();
    }));

  it('LK3 names do not touch each other', () =>
    onLock(contract, async (lock, rival) => {
      const held = [];
      for (const name of NAMES) held.push(await lock.acquire(name));
      expect(held.filter((one) => one === null).length).toBe(0);
      for (const name of NAMES) expect(await rival.acquire(name)).toBe(null);
      await held[0]?.release();
      expect(await rival.isHeld(NAMES[0] ?? '')).toBe(false);
      for (const name of NAMES.slice(1)) expect(await rival.isHeld(name)).toBe(true);
      for (const one of held) await one?.release();
    }));

  it('LK4 isHeld says whether somebody holds it, and changes nothing', () =>
    onLock(contract, async (lock, rival) => {
      expect(await lock.isHeld('a')).toBe(false);
      const held = await rival.acquire('a');
      expect(held).not.toBe(null);
      expect([await lock.isHeld('a'), await rival.isHeld('a'), await lock.isHeld('b')]).toEqual([true, true, false]);
      await held?.release();
      expect(await lock.isHeld('a')).toBe(false);
    }));

  it('LK5 of many that ask at the same time, exactly one gets it', () =>
    onLock(contract, async (lock, rival) => {
      const handles = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? lock : rival));
      const answers = await Promise.all(handles.map((handle) => handle.acquire('a')));
      const granted = answers.filter((answer) => answer !== null);
      expect(granted.length).toBe(1);
      await granted[0]?.release();
    }));

  it('LK8 releasing is not losing', () =>
    onLock(contract, async (lock) => {
      const held = await lock.acquire('a');
      await held?.release();
      expect(held?.lost.aborted).toBe(false);
    }));
}

function lossTests(tools: Case): void {
  const { expect, contract } = tools;
  const whereDeath = itWhere(tools, contract.supports.includes('death'));
  const whereLoss = itWhere(tools, contract.supports.includes('loss'));

  whereDeath('LK6 the lock of a dead holder can be taken at once', () =>
    onLock(contract, async (lock, rival, subject) => {
      await subject.leaveBehind?.('a');
      expect(await lock.isHeld('a')).toBe(false);
      const held = await lock.acquire('a');
      expect(held).not.toBe(null);
      expect(await rival.acquire('a')).toBe(null);
      await held?.release();
    }),
  );

  whereLoss('LK7 a holder whose lock was taken away is told, and frees nothing of others', () =>
    onLock(contract, async (lock, rival, subject) => {
      const held = await lock.acquire('a');
      expect(held?.lost.aborted).toBe(false);
      await subject.takeAway?.('a');
      const next = await rival.acquire('a');
      expect(next).not.toBe(null);
      await held?.release();
      expect(held?.lost.aborted).toBe(true);
      expect(await lock.isHeld('a')).toBe(true);
      expect(next?.lost.aborted).toBe(false);
      await next?.release();
    }),
  );
}

/** The contract of `LockPort`: rules LK1 to LK8. */
export function lockContract(tools: ContractTools, contract: LockContract): void {
  tools.describe(`${contract.name} keeps the contract of a lock`, () => {
    const all = { ...tools, contract };
    holdingTests(all);
    lossTests(all);
  });
}
