import type { VaultPort } from '../../ports/vault.ts';

/** A vault that reads through to the real one and keeps in memory what is written or removed. */
export function rehearsalVault(real: VaultPort): VaultPort {
  const written = new Map<string, string | null>();
  return {
    failureDomain: 'rehearsal',
    get: async (name) => (written.has(name) ? (written.get(name) ?? null) : real.get(name)),
    put: async (name, text) => {
      written.set(name, text);
    },
    putIfAbsent: async (name, text) => {
      if ((written.has(name) ? written.get(name) : await real.get(name)) !== null) return 'exists';
      written.set(name, text);
      return 'stored';
    },
    list: async (prefix) => {
      const names = new Set(await real.list(prefix));
      for (const [name, text] of written) {
        if (text === null) names.delete(name);
        else if (name.startsWith(prefix)) names.add(name);
      }
      return [...names].sort();
    },
    remove: async (name) => {
      written.set(name, null);
    },
  };
}
