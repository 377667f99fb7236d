import type { IdentityPort } from '../ports/identity.ts';

/** Who acts in a test. */
export interface SeededIdentityOptions {
  /** Default `null`: there is only one user. */
  readonly user?: string | null;
}

/**
 * Identifiers that are the same in every run of a test: `prefix-1`, `prefix-2`, and so on. Give every simulated
 * process a prefix of its own, of `[A-Za-z0-9-]`.
 */
export function seededIdentity(prefix: string, options: SeededIdentityOptions = {}): IdentityPort {
  let created = 0;
  return {
    user: () => options.user ?? null,
    createId: () => {
      created += 1;
      return `${prefix}-${created}`;
    },
  };
}
