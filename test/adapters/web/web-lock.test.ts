import { afterEach, describe, expect, it, vi } from 'vitest';
import { webLock, webMemory } from '../../../src/adapters/web/index.ts';
import { refusalOf } from '../../../src/testing/contract-subject.ts';
import { CONTENT, device } from '../../runtime/kit.ts';

afterEach(() => void vi.unstubAllGlobals());

const TABS = 50;

describe('a lock where there are no Web Locks', () => {
  it('WL1 is granted to everybody and held by nobody, and the logger is told once', async () => {
    vi.stubGlobal('navigator', {});
    const warnings: string[] = [];
    const lock = webLock({ logger: { warn: (message) => void warnings.push(message) } });
    expect(warnings).toEqual([]);
    const [first, second] = [await lock.acquire('a'), await lock.acquire('a')];
    expect([first === null, second === null, await lock.isHeld('a')]).toEqual([false, false, false]);
    await first?.release();
    expect([first?.lost.aborted, second?.lost.aborted, warnings.length]).toEqual([false, false, 1]);
  });

  it('WL2 fifty tabs ask for a rollback at once: exactly one run', async () => {
    vi.stubGlobal('navigator', {});
    const on = device();
    await on.until(on.client('first', { lock: webLock() }).migrate());
    const tabs = Array.from({ length: TABS }, (_, index) => on.client(`tab-${index}`, { lock: webLock() }));
    const asked = tabs.map((tab) => tab.rollback({ reason: 'USER_REQUEST' }));
    const told = await on.until(Promise.allSettled(asked));
    const refusals = told.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
    expect([refusals.length, new Set(refusals)]).toEqual([TABS - 1, new Set(['RUN_IN_PROGRESS'])]);
    const runs = on.records().filter(({ machine }) => machine.id === 'rollback');
    expect(new Set(runs.map(({ run }) => run)).size).toBe(1);
    expect(new Map(on.storage.entries()).get('task-store')).toBe(new Map(CONTENT).get('task-store'));
  });

  it('WL3 a browser that denies its locks is a typed error', async () => {
    const denied = () => Promise.reject(new DOMException('denied', 'SecurityError'));
    const lock = webLock({ locks: { request: denied, query: denied } as unknown as LockManager });
    expect(await refusalOf(() => lock.acquire('a'))).toBe('LOCK_UNAVAILABLE');
    expect(await refusalOf(() => lock.isHeld('a'))).toBe('LOCK_UNAVAILABLE');
  });
});

describe('the memory of a page', () => {
  it('WL4 is a part of its limit where the browser tells it, and unknown elsewhere', async () => {
    const memory = webMemory();
    vi.stubGlobal('performance', { memory: { usedJSHeapSize: 30, jsHeapSizeLimit: 40 } });
    expect(await memory.usage()).toBe(0.75);
    vi.stubGlobal('performance', { memory: { usedJSHeapSize: 50, jsHeapSizeLimit: 40 } });
    expect(await memory.usage()).toBe(1);
    for (const limit of [0, Number.NaN, undefined]) {
      vi.stubGlobal('performance', { memory: { usedJSHeapSize: 50, jsHeapSizeLimit: limit } });
      expect(await memory.usage()).toBeNull();
    }
    vi.stubGlobal('performance', {});
    expect(await memory.usage()).toBeNull();
  });
});
