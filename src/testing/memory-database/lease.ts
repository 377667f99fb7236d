import type { DatabaseLedger, Fence, LeaseOutcome, LeaseRequest } from '../../ports/database.ts';
import { type MemoryStore, transact } from './store.ts';

/** `DatabasePort.lease`. */
export function lease(store: MemoryStore, request: LeaseRequest): LeaseOutcome {
  const { migration, run, storage, mode } = request;
  return transact(store, (transaction) => {
    const before = store.leases.get(migration);
    const holder = before?.holder ?? null;
    if (mode === 'whenFree' && holder !== null && holder.run !== run) return { status: 'busy', ...holder };
    const token = (before?.token ?? 0) + 1;
    transaction.set(store.leases, migration, { token, holder: { run, storage } });
    return { status: 'granted', token };
  });
}

/** `DatabasePort.release`. */
export function release(store: MemoryStore, { migration, token }: Fence): void {
  transact(store, (transaction) => {
    const before = store.leases.get(migration);
    if (before?.token === token) transaction.set(store.leases, migration, { token, holder: null });
  });
}

/** `DatabasePort.ledger`. */
export function ledger(store: MemoryStore, migration: string): DatabaseLedger {
  const { token, holder } = store.leases.get(migration) ?? { token: 0, holder: null };
  const steps = [...store.steps.values()]
    .filter((record) => record.migration === migration)
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ run, step, outcome }) => ({ run, step, outcome: structuredClone(outcome) }));
  return { token, holder: holder === null ? null : { ...holder }, steps };
}
