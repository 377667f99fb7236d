import { describe, expect, it } from 'vitest';
import { webStorage } from '../../src/adapters/web/index.ts';
import type { StoragePort } from '../../src/ports/storage.ts';
import { closedGate, type ManualClock, manualClock } from '../../src/testing/index.ts';
import { recoverWholly } from '../crash-recovery/situations.ts';
import { CONTENT, type Device, device } from '../runtime/kit.ts';

const LATER = 'edited after the rollback had come to its end';

/** The storage as a page sees it that is frozen in the middle of a task: as it was, whatever others write (H28a). */
function frozenView({ storage }: Device) {
  const seen = new Map(storage.entries());
  return {
    get length() {
      return seen.size;
    },
    key: (index: number) => [...seen.keys()][index] ?? null,
    getItem: (key: string) => seen.get(key) ?? null,
    setItem(key: string, value: string) {
      seen.set(key, value);
      storage.setItem(key, value);
    },
    removeItem(key: string) {
      seen.delete(key);
      storage.removeItem(key);
    },
    clear: () => storage.clear(),
  };
}

/** A rollback whose page freezes right before its burst; `thaw` lets it go on with what it saw then. */
async function frozenBeforeBurst(on: Device) {
  const clock: ManualClock = manualClock();
  const gate = closedGate();
  const reached = closedGate();
  const write: StoragePort['write'] = async (writes, permitted, fence) => {
    const view = webStorage({ storage: frozenView(on), origin: on.storage.origin });
    reached.open();
    await gate.opened;
    return view.write(writes, permitted, fence);
  };
  const holder = on.client('holder', { clock, storage: { ...on.storage, write } });
  const running = holder.rollback({ reason: 'USER_REQUEST' });
  await clock.until(reached.opened);
  return {
    thaw: async () => {
      gate.open();
      return clock.until(running);
    },
  };
}

describe('a holder that freezes right before its burst', () => {
  it('RB38 writes nothing when it wakes up after somebody else has gone on, although it cannot see what was written', async () => {
    const on = device();
    await on.until(on.client('first').migrate());
    const { thaw } = await frozenBeforeBurst(on);
    expect(await on.until(recoverWholly(on.client('next', { lock: undefined as never })))).toBe('resumed');
    expect(new Map(on.storage.entries()).get('task-store')).toBe(new Map(CONTENT).get('task-store'));
    on.storage.setItem('task-store', LATER);
    const before = on.storage.entries();
    expect((await thaw()).outcome).toBe('rolledBack');
    expect(on.storage.entries()).toEqual(before);
  });

  it('RB38 goes on where nobody has, its own records notwithstanding', async () => {
    const on = device();
    await on.until(on.client('first').migrate());
    const { thaw } = await frozenBeforeBurst(on);
    expect((await thaw()).outcome).toBe('rolledBack');
  });
});
