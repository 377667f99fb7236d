import { BackpedalError, VaultError } from '../../errors.ts';
import { BROWSER_PROFILE } from '../../ports/failure-domain.ts';
import type { VaultPort } from '../../ports/vault.ts';
import { vaultNameFault, vaultPrefixFault } from '../../ports/vault-name.ts';
import { isWellFormed } from '../../ports/well-formed.ts';
import { indexedDbConnection } from './indexed-db-connection.ts';
import { describeFault } from './indexed-db-fault.ts';
import { persistenceRequest } from './request-persistence.ts';
import { whileAbsent } from './while-absent.ts';

/** Options of `indexedDbVault`. */
export interface IndexedDbVaultOptions {
  /** The name of the IndexedDB database, which belongs to backpedal alone. Default `backpedal`. */
  readonly name?: string;
  /** What is lost together with it. Default all that the browser keeps for this origin. */
  readonly failureDomain?: string;
}

const refuseName = (fault: string | null): void => {
  if (fault !== null) throw new VaultError('VAULT_NAME', `This cannot be the name of a vault's entry: ${fault}.`);
};

const refuseText = (text: string): void => {
  if (isWellFormed(text)) return;
  throw new VaultError('INPUT_ARGUMENT', 'A text with a lone surrogate cannot be stored unaltered: escape it first.');
};

function asVaultError(database: string, thrown: unknown): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  const { kind, message, persistence } = describeFault(thrown);
  return new VaultError(
    kind === 'damaged' ? 'VAULT_DAMAGED' : 'VAULT_UNAVAILABLE',
    `The vault in the IndexedDB database ${JSON.stringify(database)} cannot be used: ${message}.`,
    { cause: thrown, details: { database, fault: kind }, persistence },
  );
}

function textOf(found: unknown, name: string): string | null {
  if (found === undefined) return null;
  if (typeof found === 'string') return found;
  throw new VaultError('VAULT_DAMAGED', `The vault's entry ${name} is no text: something else has written there.`, {
    details: { name },
  });
}

/**
 * A vault in IndexedDB. Every write is a transaction of strict durability, acknowledged when the transaction is
 * complete. A connection that the browser has dropped is opened once more; after that, and wherever there is no
 * IndexedDB, it is an error: nothing is ever kept in memory instead (hazards H8 to H10).
 *
 * The first write asks the browser not to evict what it keeps for this origin; what it answers changes nothing else.
 * @throws VaultError `VAULT_UNAVAILABLE`, `VAULT_DAMAGED`, `VAULT_NAME`
 */
export function indexedDbVault(options: IndexedDbVaultOptions = {}): VaultPort {
  const { name: database = 'backpedal', failureDomain = BROWSER_PROFILE } = options;
  const connection = indexedDbConnection(database);
  const requestPersistence = persistenceRequest();
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      throw asVaultError(database, thrown);
    }
  };
  const { read, write } = connection;
  return {
    failureDomain,
    get: (name) =>
      attempt(async () => {
        refuseName(vaultNameFault(name));
        return textOf(await read((entries) => entries.get(name)), name);
      }),
    put: (name, text) =>
      attempt(async () => {
        refuseName(vaultNameFault(name));
        refuseText(text);
        requestPersistence();
        await write((entries) => entries.put(text, name));
      }),
    putIfAbsent: (name, text) =>
      attempt(async () => {
        refuseName(vaultNameFault(name));
        refuseText(text);
        requestPersistence();
        return write(async (entries) => {
          if ((await entries.getKey(name)) !== undefined) return 'exists';
          await entries.add(text, name);
          return 'stored';
        });
      }),
    list: (prefix) =>
      attempt(async () => {
        refuseName(vaultPrefixFault(prefix));
        return read((entries) => entries.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
      }),
    remove: (name) =>
      attempt(async () => {
        refuseName(vaultNameFault(name));
        await write((entries) => entries.delete(name));
      }),
    async whileAbsent(name, action) {
      const performed = await attempt(async () => {
        refuseName(vaultNameFault(name));
        return whileAbsent(connection, name, action);
      });
      if (performed === null) return { status: 'exists' };
      if ('thrown' in performed) throw performed.thrown;
      return { status: 'absent', result: performed.result };
    },
  };
}
