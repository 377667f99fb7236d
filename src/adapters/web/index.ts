export type {
  AsynchronousStorage,
  GatedStorage,
  GateOptions,
  GateTabsOptions,
  ReloadReason,
  SynchronousStorage,
} from './gate-storage.ts';
export { gateStorage } from './gate-storage.ts';
export type { GateChannel } from './gate-tabs.ts';
export type { IndexedDbImageStoreOptions } from './indexed-db-image-store.ts';
export { indexedDbImageStore } from './indexed-db-image-store.ts';
export type { IndexedDbVaultOptions } from './indexed-db-vault.ts';
export { indexedDbVault } from './indexed-db-vault.ts';
export type { WebLockOptions } from './web-lock.ts';
export { webLock } from './web-lock.ts';
export { webMemory } from './web-memory.ts';
export type { WebStorageOptions } from './web-storage.ts';
export { webStorage } from './web-storage.ts';
