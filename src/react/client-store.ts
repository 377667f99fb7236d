import type { AuditEntry, Backpedal, BackupSummary, RecoveryResult } from '../index.ts';
import { createActions } from './actions.ts';
import { browserClock } from './browser-clock.ts';
import { createCell, type ExternalStore } from './cell.ts';
import { NO_FINDINGS, NO_RESULTS, NOTHING_CHECKED } from './findings.ts';
import { createListStore, type ListStore } from './list-store.ts';
import { hasEnded, type PacingClock, paceStatus } from './paced-status.ts';
import { snapshotOf } from './snapshot.ts';
import type { RollbackSnapshot } from './types.ts';
import { UNKNOWN_STATUS } from './unknown-status.ts';

/** What all providers of one client share. */
export interface ClientStore extends ExternalStore<RollbackSnapshot> {
  readonly client: Backpedal;
  readonly backups: ListStore<BackupSummary>;
  readonly auditTrail: ListStore<AuditEntry>;
  readonly followRecovery: (recovery: Promise<RecoveryResult>) => void;
}

function createClientStore(client: Backpedal, clock: PacingClock): ClientStore {
  const findings = createCell(NO_FINDINGS);
  const { actions, followRecovery } = createActions(client, findings);
  const status = paceStatus(client, clock, () => {
    const { runId } = status.get();
    if (runId !== run) findings.change(NO_RESULTS);
    else if (hasEnded(status.get())) findings.change(NOTHING_CHECKED);
    else findings.tell();
    run = runId;
  });
  let run = status.get().runId;

  const unknown = snapshotOf(UNKNOWN_STATUS, NO_FINDINGS, actions);
  let made = { status: UNKNOWN_STATUS, findings: NO_FINDINGS, snapshot: unknown };
  const getSnapshot = (): RollbackSnapshot => {
    const now = { status: status.get(), findings: findings.get() };
    if (now.status !== made.status || now.findings !== made.findings)
      made = { ...now, snapshot: snapshotOf(now.status, now.findings, actions) };
    return made.snapshot;
  };

  let stop = (): void => {};
  const subscribe = (listener: () => void): (() => void) => {
    const unsubscribe = findings.subscribe(listener);
    if (!isListening) stop = status.listen();
    isListening = true;
    return () => {
      unsubscribe();
      isListening = findings.hasListeners();
      if (!isListening) stop();
    };
  };
  let isListening = false;

  /** Calls the listener whenever a run has come to rest. */
  const runEnded = (listener: () => void): (() => void) => {
    let before = client.getSnapshot();
    return client.subscribe(() => {
      const now = client.getSnapshot();
      const isSame = now.runId === before.runId && now.state === before.state;
      before = now;
      if (!isSame && hasEnded(now)) listener();
    });
  };

  return {
    client,
    getSnapshot,
    getServerSnapshot: () => unknown,
    subscribe,
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
