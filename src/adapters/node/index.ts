export type { BackpedalConfig } from './define-config.ts';
export { defineConfig } from './define-config.ts';
export type { FileLockOptions } from './file-lock.ts';
export { fileLock } from './file-lock.ts';
export type { FileStorageOptions } from './file-storage.ts';
export { fileStorage } from './file-storage.ts';
export type { FileVaultOptions } from './file-vault.ts';
export { fileVault } from './file-vault.ts';
export { nodeMemory } from './node-memory.ts';
