import { describe, expect, it } from 'vitest';
import { closedGate, memoryLock, withFaults } from '../../src/testing/index.ts';
import { type Device, migrated } from './kit.ts';

/**
 * A rollback is cancelled when storage is about to be restored, and its process stands still before its n-th read of
 * storage while undoing; another one, which sees no lock, takes over; then the first one goes on. `null` when there is
 * no n-th read.
 */
async function lateAt(read: number): Promise<{ readonly on: Device; readonly left: readonly unknown[] } | null> {
  const { on } = await migrated();
  const gate = closedGate();
  const person = new AbortController();
  let undoing: 'not yet' | 'yes' = 'not yet';
  const storage = withFaults(on.storage, [
    {
      operation: 'read',
      when: () => undoing === 'yes',
      at: read,
      moment: 'before',
      behaviour: { waitsFor: gate.opened },
    },
  ]);
  const old = on.client('old', { storage: storage.port });
  old.subscribe(() => {
    const { state } = old.getSnapshot();
    if (state === 'executing.restoringStorage') person.abort();
    if (state === 'compensating.undoingRestore') undoing = 'yes';
  });
  const work = old.rollback({ reason: 'USER_REQUEST', signal: person.signal });
  work.catch(() => {});
  for (let turns = 0; turns < 500 && storage.hits() === 0; turns++) await on.clock.advance(0);
  if (storage.hits() === 0) return null;
  const next = on.client('next', { lock: memoryLock() });
  expect(await on.until(next.recover())).toMatchObject({ rollback: { outcome: 'unchanged' } });
  const left = on.storage.entries();
  gate.open();
  await on.until(work.catch(() => {}));
  return { on, left };
}

describe('a process that undoes a rollback and is thought dead', () => {
  it('RB10 writes nothing more when it wakes up after another one has undone it', async () => {
    let reads = 0;
    for (;;) {
      const late = await lateAt(reads + 1);
      if (late === null) break;
      reads += 1;
      expect([reads, late.on.storage.entries()]).toEqual([reads, late.left]);
    }
    expect(reads).toBeGreaterThan(1);
  });
});
