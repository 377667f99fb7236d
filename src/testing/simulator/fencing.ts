import type { Fence, LeaseOutcome } from '../../ports/database.ts';
import type { MemoryStore } from '../memory-database/store.ts';
import type { Commit } from './database.ts';

/** I3: tokens strictly increase, and a write with an older one is refused by the database itself. */
export function createFencing(store: MemoryStore): { committed(commit: Commit): string | null } {
  let newest = Math.max(0, ...[...store.leases.values()].map(({ token }) => token));
  return {
    committed({ operation, args, result }) {
      if (operation === 'lease') {
        const outcome = result as LeaseOutcome;
        if (outcome.status !== 'granted') return null;
        const before = newest;
        newest = Math.max(newest, outcome.token);
        return outcome.token > before ? null : `I3: the token ${outcome.token} was granted after ${before}`;
      }
      if (operation === 'release') return null;
      const { token } = args[0] as Fence;
      return token === newest ? null : `I3: ${operation} with the token ${token} was accepted after ${newest}`;
    },
  };
}
