import type { AuditEntry, Backpedal, BackupSummary } from '../index.ts';
import { type ActionsOfClient, createActions } from './actions.ts';
import { browserClock } from './browser-clock.ts';
import { createCell, type ExternalStore } from './cell.ts';
import { NO_FINDINGS } from './findings.ts';
import { createListStore, type ListStore } from './list-store.ts';
import { hasEnded, type PacingClock, paceStatus } from './paced-status.ts';
import { snapshotOf } from './snapshot.ts';
import type { RollbackSnapshot } from './types.ts';
import { UNKNOWN_STATUS } from './unknown-status.ts';

/** What all providers of one client share. */
export interface ClientStore extends ExternalStore<RollbackSnapshot>, ActionsOfClient {
  readonly client: Backpedal;
  readonly backups: ListStore<BackupSummary>;
  readonly auditTrail: ListStore<AuditEntry>;
}

function createClientStore(client: Backpedal, clock: PacingClock): ClientStore {
  const findings = createCell(NO_FINDINGS, () => status.listen());
  const { actions, followRecovery } = createActions(client, findings);
  const status = paceStatus(client, clock, findings.tell);

  const unknown = snapshotOf(UNKNOWN_STATUS, NO_FINDINGS, actions);
  let made = { status: UNKNOWN_STATUS, findings: NO_FINDINGS, snapshot: unknown };
  const getSnapshot = (): RollbackSnapshot => {
    const now = { status: status.get(), findings: findings.get() };
    if (now.status !== made.status || now.findings !== made.findings)
      made = { ...now, snapshot: snapshotOf(now.status, now.findings, actions) };
    return made.snapshot;
  };

  /** Calls the listener whenever a run has come to rest, and when it leaves safe mode. */
  const runEnded = (listener: () => void): (() => void) => {
    let before = client.getSnapshot().state;
    return client.subscribe(() => {
      const status = client.getSnapshot();
      if (status.state !== before && hasEnded(status)) listener();
      before = status.state;
    });
  };

  return {
    client,
    getSnapshot,
    getServerSnapshot: () => unknown,
    subscribe: findings.subscribe,
    actions,
    followRecovery,
    backups: createListStore(() => client.backups.list(), runEnded),
    auditTrail: createListStore(() => client.audit.list(), runEnded),
  };
}

const stores = new WeakMap<Backpedal, ClientStore>();

/** The store of a client: the same one for every provider, so that what one knows the others know. */
export function storeOf(client: Backpedal, clock: PacingClock = browserClock): ClientStore {
  const known = stores.get(client);
  if (known !== undefined) return known;
  const store = createClientStore(client, clock);
  stores.set(client, store);
  return store;
}
