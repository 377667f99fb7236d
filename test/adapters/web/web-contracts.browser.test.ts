import { describe, expect, it } from 'vitest';
import { indexedDbVault, webLock, webStorage } from '../../../src/adapters/web/index.ts';
import { lockContract } from '../../../src/testing/lock-contract.ts';
import { storageContract } from '../../../src/testing/storage-contract.ts';
import { vaultContract } from '../../../src/testing/vault-contract.ts';
import { limitedStorage } from './limited-storage.ts';
import { deleteDatabase, unusedName } from './unused-name.ts';

const tools = { describe, it, expect };

for (const [name, storage] of Object.entries({ localStorage, sessionStorage })) {
  storageContract(tools, {
    name: `webStorage on ${name}`,
    create: ({ entries }) => {
      storage.clear();
      for (const [key, value] of entries) storage.setItem(key, value);
      return { open: () => webStorage({ storage }), dispose: () => storage.clear() };
    },
    supports: ['fence'],
  });
}

storageContract(tools, {
  name: 'webStorage on a small Storage',
  create: ({ entries, capacity = Number.POSITIVE_INFINITY }) => {
    const storage = limitedStorage(entries, capacity);
    return { open: () => webStorage({ storage, capacity }) };
  },
  supports: ['quota', 'fence'],
});

vaultContract(tools, {
  name: 'indexedDbVault',
  create: () => {
    const name = unusedName();
    return { open: () => indexedDbVault({ name }), dispose: () => deleteDatabase(name) };
  },
  supports: ['exclusion'],
});

/** A frame of this origin: another page, that can be closed. */
function openFrame(): { readonly locks: LockManager; close(): void } {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  return { locks: (frame.contentWindow as Window).navigator.locks, close: () => frame.remove() };
}

lockContract(tools, {
  name: 'webLock',
  create: () => ({
    open: () => webLock(),
    async leaveBehind(name) {
      const frame = openFrame();
      await webLock({ locks: frame.locks }).acquire(name);
      frame.close();
      // Resolves once the dead page's lock has gone.
      await navigator.locks.request(`backpedal-lock:${name}`, () => {});
    },
    takeAway: (name) => navigator.locks.request(`backpedal-lock:${name}`, { steal: true }, () => {}),
  }),
  supports: ['death', 'loss'],
});
