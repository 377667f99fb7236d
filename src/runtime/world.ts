import { bytesToHex } from '@noble/hashes/utils.js';
import type { Migration } from '../definition/types.ts';
import type { CachePort } from '../ports/cache.ts';
import type { ClockPort } from '../ports/clock.ts';
import type { DatabasePort } from '../ports/database.ts';
import type { IdentityPort } from '../ports/identity.ts';
import type { LockPort } from '../ports/lock.ts';
import type { LoggerPort } from '../ports/logger.ts';
import type { MemoryPort } from '../ports/memory.ts';
import type { NotifyPort } from '../ports/notify.ts';
import type { OperationsPort } from '../ports/operations.ts';
import type { SealPort } from '../ports/seal.ts';
import type { StoragePort } from '../ports/storage.ts';
import type { VaultPort } from '../ports/vault.ts';
import { checkedId, checkWorld } from './arguments.ts';
import type { BackpedalOptions } from './public-types.ts';
import { steadyLogger } from './steady-logger.ts';
import { type SteadyOperations, steadyOperations } from './steady-operations.ts';
import { systemClock } from './system-clock.ts';

/** Everything a run touches, every port in place. */
export interface World {
  readonly migration: Migration;
  readonly storage: StoragePort;
  readonly database: DatabasePort;
  readonly vault: VaultPort;
  readonly cache: CachePort | null;
  readonly lock: LockPort | null;
  readonly operations: SteadyOperations;
  readonly seal: SealPort | null;
  readonly notify: NotifyPort;
  readonly memory: MemoryPort;
  readonly clock: ClockPort;
  readonly identity: IdentityPort;
  readonly logger: LoggerPort;
}

/** `crypto.randomUUID` exists on secure origins only; this works everywhere. */
function createId(): string {
  return bytesToHex(globalThis.crypto.getRandomValues(new Uint8Array(16)));
}

const nobody: IdentityPort = { user: () => null, createId };
const silent: LoggerPort = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const unwatched: MemoryPort = { usage: () => Promise.resolve(null) };
const nothingToStop: OperationsPort = { stop: () => Promise.resolve(), resume: () => Promise.resolve() };

/**
 * The world that an app describes, with defaults for what it leaves out.
 * @throws InputError `INPUT_ARGUMENT`
 */
export function createWorld(options: BackpedalOptions): World {
  checkWorld(options);
  const identity = options.identity ?? nobody;
  return {
    migration: options.migration,
    storage: options.storage,
    database: options.database,
    vault: options.vault,
    cache: options.cache ?? null,
    lock: options.lock ?? null,
    operations: steadyOperations(options.operations ?? nothingToStop),
    seal: options.seal ?? null,
    notify: options.notify ?? (() => {}),
    memory: options.memory ?? unwatched,
    clock: options.clock ?? systemClock,
    identity: { user: () => identity.user() ?? null, createId: () => checkedId(identity.createId()) },
    logger: options.logger === undefined ? silent : steadyLogger(options.logger),
  };
}
