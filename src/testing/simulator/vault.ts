import type { VaultPort } from '../../ports/vault.ts';
import { memoryVault } from '../memory-vault.ts';

/**
 * - `strict`: what is acknowledged is on disk, as the port demands.
 * - `relaxed`: IndexedDB without `durability: 'strict'` (hazard H8): a crash leaves any prefix of what was written.
 * - `withoutFsync`: files that were never synced: a crash leaves any of them, and may tear the last.
 *
 * The latter two break the port's promise; they exist to show that the simulator finds such vaults out.
 */
export type VaultKind = 'strict' | 'relaxed' | 'withoutFsync';

/** A write of the vault; `null` removes. */
export interface VaultWrite {
  readonly name: string;
  readonly text: string | null;
}

/** A vault, with what lies on its disk. */
export interface SimulatedVault extends VaultPort {
  /** What can be read. Changing it is damage done behind the vault's back. */
  readonly visible: Map<string, string>;
  /** Acknowledged writes that are not on disk; always none for `strict`. */
  pending(): readonly VaultWrite[];
  /** Every process that had the vault open is gone, and of the pending writes these have survived. */
  crash(survivors: readonly VaultWrite[]): void;
  /** Brings every write to the disk. */
  flush(): void;
}

/** A vault with this content. `observe` is called for every write that took effect. */
export function simulatedVault(
  kind: VaultKind,
  entries: ReadonlyMap<string, string>,
  observe: (operation: 'put' | 'putIfAbsent' | 'remove', write: VaultWrite) => void,
): SimulatedVault {
  const memory = memoryVault();
  const visible = memory.disk;
  for (const [name, text] of entries) visible.set(name, text);
  let durable: Map<string, string> | null = kind === 'strict' ? null : new Map(entries);
  let log: VaultWrite[] = [];
  const wrote = (operation: 'put' | 'putIfAbsent' | 'remove', write: VaultWrite): void => {
    if (durable !== null) log.push(write);
    observe(operation, write);
  };
  return {
    failureDomain: memory.failureDomain,
    get: memory.get,
    list: memory.list,
    whileAbsent: memory.whileAbsent,
    async put(name, text) {
      await memory.put(name, text);
      wrote('put', { name, text });
    },
    async putIfAbsent(name, text) {
      const outcome = await memory.putIfAbsent(name, text);
      if (outcome === 'stored') wrote('putIfAbsent', { name, text });
      return outcome;
    },
    async remove(name) {
      const wasThere = visible.has(name);
      await memory.remove(name);
      if (wasThere) wrote('remove', { name, text: null });
    },
    visible,
    pending: () => log,
    crash(survivors) {
      log = [];
      if (durable === null) return;
      for (const { name, text } of survivors) {
        if (text === null) durable.delete(name);
        else durable.set(name, text);
      }
      visible.clear();
      for (const [name, text] of durable) visible.set(name, text);
    },
    flush() {
      log = [];
      if (durable !== null) durable = new Map(visible);
    },
  };
}
