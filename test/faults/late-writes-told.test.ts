import { describe, expect, it } from 'vitest';
import { webStorage } from '../../src/adapters/web/index.ts';
import type { StoragePort } from '../../src/ports/storage.ts';
import { device } from '../runtime/kit.ts';

const LATE = 'written by another tab, and overwritten before anybody could read it';

type Told = Parameters<NonNullable<StoragePort['observe']>>[0];

describe('writes of other tabs that only the storage tells of', () => {
  it('RB39 are in the vault, each once, and nobody listens any longer', async () => {
    const on = device();
    await on.until(on.client('first').migrate());
    const listeners = new Set<Told>();
    const tell = (key: string, value: string | null): void => {
      for (const told of listeners) told(key, value);
    };
    const storage: StoragePort = {
      ...on.storage,
      observe(told) {
        listeners.add(told);
        return () => void listeners.delete(told);
      },
      write: async (...args) => {
        const outcome = await on.storage.write(...args);
        tell('task-store', LATE);
        tell('task-store', LATE);
        tell('environments', null);
        tell('analytics', 'of other people');
        return outcome;
      },
    };
    const client = on.client('next', { storage });
    const { outcome, runId } = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(outcome).toBe('rolledBack');
    expect((await client.archive.export(runId)).displaced).toEqual([{ key: 'task-store', value: LATE }]);
    expect(listeners.size).toBe(0);
  });

  it('RB39 a storage without events tells nothing', () => {
    const storage = { getItem: () => null } as unknown as Storage;
    const stop = webStorage({ storage }).observe?.(() => {});
    expect(() => stop?.()).not.toThrow();
  });
});
