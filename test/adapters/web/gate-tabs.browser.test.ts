import { describe, expect, it } from 'vitest';
import { gateStorage, type ReloadReason } from '../../../src/adapters/web/index.ts';
import { unusedName } from './unused-name.ts';

/** Another page of this origin, that can be closed. */
function openPage(name: string) {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const page = frame.contentWindow as Window & typeof globalThis;
  const told: ReloadReason[] = [];
  const silent: string[][] = [];
  const gate = gateStorage(sessionStorage, {
    initially: 'open',
    onReload: (reason) => told.push(reason),
    onUnacknowledged: (tabs) => silent.push([...tabs]),
    tabs: { name, locks: page.navigator.locks, channel: new page.BroadcastChannel(name), patience: 60_000 },
  });
  gate.storage.getItem('task-store');
  const isOpen = (): boolean => {
    try {
      gate.storage.removeItem('nothing');
      return true;
    } catch {
      return false;
    }
  };
  return { ...gate, told, silent, isOpen, close: () => frame.remove() };
}

/** Resolves when the page holds the lock by which others know that it lives. */
async function untilKnown(name: string, pages: number): Promise<void> {
  for (;;) {
    const { held = [] } = await navigator.locks.query();
    if (held.filter((lock) => lock.name?.startsWith(`backpedal-gate:${name}:`)).length === pages) return;
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => requestAnimationFrame(resolve));
};

describe('gates of several pages of a browser', () => {
  it('GT1 GT3 close together, and open or load anew when the run has ended', async () => {
    const name = unusedName();
    const [run, other] = [openPage(name), openPage(name)];
    await untilKnown(name, 2);
    await run.operations.stop();
    expect([run.isOpen(), other.isOpen(), run.silent]).toEqual([false, false, []]);
    await run.operations.resume();
    await until(other.isOpen);
    await run.operations.stop();
    sessionStorage.setItem('backpedal:tasks', '{}');
    await run.operations.resume();
    await until(() => other.told.length > 0);
    expect([run.isOpen(), other.isOpen(), other.told]).toEqual([true, false, ['dataChanged']]);
    sessionStorage.clear();
  });

  it('GT6 the others are told when the page that carries a run out dies', async () => {
    const name = unusedName();
    const [run, other] = [openPage(name), openPage(name)];
    await untilKnown(name, 2);
    await run.operations.stop();
    run.close();
    await until(() => other.told.length > 0);
    expect([other.isOpen(), other.told]).toEqual([false, ['holderGone']]);
  });

  it('GT6 a dead page is not waited for', async () => {
    const name = unusedName();
    const [run, other, dead] = [openPage(name), openPage(name), openPage(name)];
    await untilKnown(name, 3);
    dead.close();
    await untilKnown(name, 2);
    await run.operations.stop();
    expect([other.isOpen(), run.silent]).toEqual([false, []]);
  });
});
