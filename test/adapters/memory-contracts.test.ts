import { describe, expect, it } from 'vitest';
import { cacheContract } from '../../src/testing/cache-contract.ts';
import { lockContract } from '../../src/testing/lock-contract.ts';
import { memoryCache } from '../../src/testing/memory-cache.ts';
import { memoryLock } from '../../src/testing/memory-lock.ts';
import { memoryStorage } from '../../src/testing/memory-storage.ts';
import { memoryVault } from '../../src/testing/memory-vault.ts';
import { storageContract } from '../../src/testing/storage-contract.ts';
import { vaultContract } from '../../src/testing/vault-contract.ts';

const tools = { describe, it, expect };
const alive = (): AbortSignal => new AbortController().signal;

storageContract(tools, {
  name: 'memoryStorage',
  create: (content) => {
    const storage = memoryStorage(content);
    return { open: () => storage.open(alive()) };
  },
  supports: ['quota', 'fence'],
});

vaultContract(tools, {
  name: 'memoryVault',
  create: () => {
    const vault = memoryVault();
    return { open: () => vault.open(alive()) };
  },
  supports: ['exclusion'],
});

lockContract(tools, {
  name: 'memoryLock',
  create: () => {
    const lock = memoryLock();
    return {
      open: () => lock.open(alive()),
      async leaveBehind(name) {
        const death = new AbortController();
        await lock.open(death.signal).acquire(name);
        death.abort();
      },
      takeAway: (name) => lock.steal(name).release(),
    };
  },
  supports: ['death', 'loss'],
});

cacheContract(tools, {
  name: 'memoryCache',
  create: (keys) => {
    const cache = memoryCache({ entries: keys.map((key) => [key, 'cached'] as const) });
    return { cache, keys: cache.keys };
  },
  supports: [],
});
