import type { AuditEntry } from '../index.ts';
import { useClientStore } from './backpedal-context.ts';
import type { ListSnapshot } from './list-store.ts';
import { everything, useSelected } from './use-selected.ts';

/** The audit trail, oldest entry first. */
export interface AuditTrailView extends Omit<ListSnapshot<AuditEntry>, 'items'> {
  /** `undefined` until they have been read. */
  readonly entries: readonly AuditEntry[] | undefined;
  readonly refresh: () => Promise<void>;
}

/**
 * The audit trail: read when the first component shows it, and again after every run.
 * @throws BackpedalError `PROVIDER_MISSING` outside of a provider
 */
export function useAuditTrail(): AuditTrailView {
  const { auditTrail } = useClientStore();
  const { items, ...state } = useSelected(auditTrail, everything);
  return { ...state, entries: items, refresh: auditTrail.refresh };
}
