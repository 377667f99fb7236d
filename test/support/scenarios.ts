import { BackpedalError, type ErrorCode } from '../../src/errors.ts';
import type { MigrationResult, RollbackResult } from '../../src/runtime/status-types.ts';
import type { Fault } from '../../src/testing/index.ts';
import { differences, type Ends, type Told, violations, type Witness, witness } from './invariants.ts';
import { type AppProcess, createKit, drive, type Kit, type KitOptions, type PortName } from './run-kit.ts';

/** A run that faults are put into: how it comes about, and what it is. */
export interface Scenario {
  readonly name: string;
  readonly kind: 'migration' | 'rollback';
  readonly options?: KitOptions;
  /** Brings the world to where the run begins, without faults. */
  prepare(kit: Kit): Promise<void>;
  run(process: AppProcess): Promise<MigrationResult | RollbackResult>;
}

/** People work on after the migration: every kind of drift, and a key that the app has written again. */
export function drift(kit: Pick<Kit, 'database' | 'storage'>): void {
  kit.database.update('tasks', { id: 'a' }, { title: 'changed' });
  kit.database.insert('tasks', { id: 'n', title: 'added', done: null });
  kit.database.remove('tasks', { id: 'b' });
  kit.storage.setItem('task-store', '{"state":{"tasks":[]},"version":3}');
}

const migrated = async (kit: Kit): Promise<void> => {
  await kit.start().client.migrate();
};

/** The runs that faults are put into. */
export const MIGRATION: Scenario = {
  name: 'a migration',
  kind: 'migration',
  prepare: async () => {},
  run: ({ client }) => client.migrate(),
};

export const PLAIN_ROLLBACK: Scenario = {
  name: 'a rollback without drift',
  kind: 'rollback',
  prepare: migrated,
  run: ({ client }) => client.rollback({ reason: 'USER_REQUEST' }),
};

export const MERGING_ROLLBACK: Scenario = {
  name: 'a rollback that merges drift',
  kind: 'rollback',
  prepare: async (kit) => {
    await migrated(kit);
    drift(kit);
  },
  run: ({ client }) => client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }),
};

/** A world where a scenario's run is about to begin, and the ends that it may have. */
export interface Stage {
  readonly kit: Kit;
  readonly ends: Ends;
}

/** How the run of a scenario goes when nothing fails: what is there afterwards, and what each port was asked. */
export async function rehearse(scenario: Scenario): Promise<{ readonly after: Witness; readonly process: AppProcess }> {
  const kit = createKit(scenario.options);
  await scenario.prepare(kit);
  const process = kit.start();
  await drive(kit.clock, scenario.run(process));
  return { after: witness(kit), process };
}

/** Sets the scene anew. `after` is what the run leaves when nothing fails. */
export async function setStage(scenario: Scenario, after: Witness): Promise<Stage> {
  const kit = createKit(scenario.options);
  const original = witness(kit);
  await scenario.prepare(kit);
  const before = witness(kit);
  const custody = { storage: new Map([...original.storage, ...before.storage]), tables: before.tables };
  const ends: Ends =
    scenario.kind === 'migration'
      ? { custody, unchanged: before, rolledBack: before, migrated: after }
      : { custody, unchanged: before, rolledBack: after };
  return { kit, ends };
}

const CODES: Readonly<Partial<Record<PortName, ErrorCode>>> = {
  storage: 'STORAGE_UNAVAILABLE',
  database: 'DATABASE_UNAVAILABLE',
  vault: 'VAULT_UNAVAILABLE',
  cache: 'CACHE_UNAVAILABLE',
  lock: 'LOCK_UNAVAILABLE',
};

/** What a port throws that fails before its effect, or one of which nobody can tell (`after`). */
export function thrownBy(port: PortName, moment: Fault['moment']): Error {
  const code = CODES[port];
  if (code === undefined || moment === 'after') return new Error('told to fail');
  return new BackpedalError(code, 'Told to fail; nothing was done.', { persistence: 'transient' });
}

const READS: ReadonlySet<string> = new Set([
  ...['keys', 'read', 'room', 'get', 'list', 'count', 'isHeld', 'usage'],
  ...['tables', 'ping', 'ledger', 'compare', 'rowDigests', 'survey', 'drifted', 'remaining', 'archives', 'archived'],
]);

/** Whether an operation changes anything, so that failing before its effect and after it are two things. */
export const hasEffect = (operation: string): boolean => !READS.has(operation);

/** How a run with a fault in it ended: the result, after recovery by a second process where the first one gave up. */
export interface Ending {
  readonly told: Told | null;
  readonly broken: readonly string[];
}

/**
 * Carries a scenario's run out in a process with faults; what that leaves open, a process without faults finishes.
 * Gives what of the invariants was broken.
 */
export async function playOut(scenario: Scenario, { kit, ends }: Stage, process: AppProcess): Promise<Ending> {
  const driven = await drive(kit.clock, scenario.run(process));
  if (driven.end === 'open') return { told: null, broken: ['it never ended'] };
  if (driven.end === 'value') return { told: driven.value, broken: await violations(kit, ends, driven.value) };
  const { client } = kit.start();
  const recovery = await drive(kit.clock, client.recover());
  if (recovery.end !== 'value') return { told: null, broken: [`it cannot be recovered: ${JSON.stringify(recovery)}`] };
  const told = recovery.value.rollback ?? recovery.value.migration ?? null;
  const begun = client.getSnapshot().outcome !== null && client.getSnapshot().activity === scenario.kind;
  if (told !== null || begun) return { told, broken: await violations(kit, ends, told) };
  return { told: null, broken: differences(witness(kit), ends.unchanged as Witness) };
}

/** Whatever a fault has left: unless it is safe mode, the next run without faults comes to the end of a good one. */
export async function goOn(scenario: Scenario, { kit, ends }: Stage, ending: Ending): Promise<readonly string[]> {
  const { client } = kit.start();
  const { migrationState } = await client.recover();
  if (migrationState === 'SAFE_MODE') return [];
  const good = scenario.kind === 'migration' ? 'migrated' : 'rolledBack';
  const isThere = scenario.kind === 'migration' ? migrationState === 'MIGRATED' : migrationState === 'ROLLED_BACK';
  if (isThere && (ending.told === null || ending.told.outcome === good)) {
    return differences(witness(kit), ends[good] as Witness).map((difference) => `at the end ${difference}`);
  }
  const driven = await drive(kit.clock, scenario.run(kit.start()));
  if (driven.end !== 'value') return [`the next run: ${driven.end === 'error' ? String(driven.error) : driven.end}`];
  if (driven.value.outcome !== good) return [`the next run ended ${driven.value.outcome}`];
  return differences(witness(kit), ends[good] as Witness).map((difference) => `after the next run ${difference}`);
}
