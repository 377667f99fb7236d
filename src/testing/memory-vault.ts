import { VaultError } from '../errors.ts';
import type { VaultPort, WhileAbsentOutcome } from '../ports/vault.ts';
import { vaultNameFault, vaultPrefixFault } from '../ports/vault-name.ts';
import { isWellFormed } from '../ports/well-formed.ts';
import { type FaultHooks, type Life, simulate } from './simulated-process.ts';

/** The operations of `memoryVault` that fault hooks see; the subject is the name or prefix. */
export type VaultOperation = 'get' | 'put' | 'putIfAbsent' | 'list' | 'remove' | 'whileAbsent';

/** Options of `memoryVault`. */
export interface MemoryVaultOptions {
  /** Default `memory-vault`. */
  readonly failureDomain?: string;
  readonly faults?: FaultHooks<VaultOperation>;
}

/** A vault in memory: what it has acknowledged is durable. */
export interface MemoryVault extends Required<VaultPort> {
  /** The same vault as another process sees it; aborting `death` kills that process. */
  open(death: AbortSignal): Required<VaultPort>;
  /**
   * Kills every process. Writes that were asked for and not acknowledged take place (`all`) or do not (`none`);
   * either is what a real machine may do.
   */
  crash(unacknowledged: 'none' | 'all'): void;
  /** What is on disk, by name. Changing it is damage done behind the vault's back. */
  readonly disk: Map<string, string>;
}

const refuseName = (fault: string | null): void => {
  if (fault !== null) throw new VaultError('VAULT_NAME', `This cannot be the name of a vault's entry: ${fault}.`);
};

const refuseText = (text: string): void => {
  if (!isWellFormed(text)) {
    throw new VaultError('INPUT_ARGUMENT', 'A text with a lone surrogate cannot be stored unaltered: escape it first.');
  }
};

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A vault in memory, with several handles on one store and with crashes. */
export function memoryVault(options: MemoryVaultOptions = {}): MemoryVault {
  const disk = new Map<string, string>();
  const inFlight = new Set<() => void>();
  const failureDomain = options.failureDomain ?? 'memory-vault';
  const hooks = options.faults;
  let crashes = 0;

  const handle = (lifeOfCall: () => Life): Required<VaultPort> => {
    const run = <Result>(operation: VaultOperation, subject: string, effect: () => Result): Promise<Result> => {
      const life = lifeOfCall();
      return simulate({ operation, subject, effect, life, hooks, inFlight });
    };
    return {
      failureDomain,
      async get(name) {
        refuseName(vaultNameFault(name));
        return run('get', name, () => disk.get(name) ?? null);
      },
      async put(name, text) {
        refuseName(vaultNameFault(name));
        refuseText(text);
        return run('put', name, () => void disk.set(name, text));
      },
      async putIfAbsent(name, text) {
        refuseName(vaultNameFault(name));
        refuseText(text);
        return run('putIfAbsent', name, () => {
          if (disk.has(name)) return 'exists';
          disk.set(name, text);
          return 'stored';
        });
      },
      async list(prefix) {
        refuseName(vaultPrefixFault(prefix));
        return run('list', prefix, () => [...disk.keys()].filter((name) => name.startsWith(prefix)).sort(byCodeUnits));
      },
      async remove(name) {
        refuseName(vaultNameFault(name));
        return run('remove', name, () => void disk.delete(name));
      },
      async whileAbsent<Result>(name: string, action: () => Result): Promise<WhileAbsentOutcome<Result>> {
        refuseName(vaultNameFault(name));
        const effect = (): WhileAbsentOutcome<Result> =>
          disk.has(name) ? { status: 'exists' } : { status: 'absent', result: action() };
        // Nothing that a crash could carry out in the caller's stead.
        return simulate({ operation: 'whileAbsent', subject: name, effect, life: lifeOfCall(), hooks });
      },
    };
  };

  const sinceCrash = (): Life => {
    const crashesBefore = crashes;
    return () => crashes === crashesBefore;
  };
  return {
    ...handle(sinceCrash),
    open(death) {
      const alive = sinceCrash();
      return handle(() => () => alive() && !death.aborted);
    },
    crash(unacknowledged) {
      crashes++;
      if (unacknowledged === 'all') for (const effect of inFlight) effect();
      inFlight.clear();
    },
    disk,
  };
}
