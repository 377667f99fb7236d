import type { DriftPolicy } from '../definition/types.ts';
import type { VerifiedBackup } from './backup-format.ts';
import { loadBackup } from './backup-store.ts';
import { backupFor, estimateSeconds, requireMigrated } from './readiness.ts';
import type { PlannedKey, RollbackPlan } from './record-types.ts';
import { obstacleNow } from './requests.ts';
import { figuresOf, summaryOf } from './rollback/drift.ts';
import { refuseForeign } from './rollback/prepare.ts';
import { readHistory, type Session } from './session.ts';
import { isTorn, type KeyState, storageDrift, surveyStorage } from './storage-survey.ts';
import type { World } from './world.ts';

const LISTED = 1000;

function plannedKey({ entry, state, current }: KeyState, backup: VerifiedBackup): PlannedKey {
  const { key, kind, size } = entry;
  if (state === 'same') return { key, kind, action: 'keep', size };
  if (state === 'missing') return { key, kind, action: 'restore', size };
  const torn = isTorn(current ?? '', backup.values.get(key) ?? '');
  if (kind === 'collection' || torn) return { key, kind, action: 'displace', size };
  return { key, kind, action: 'keep', size: current?.length ?? 0 };
}

/** UTF-16 units that storage needs on top of what it holds. */
function roomNeeded(states: readonly KeyState[], keys: readonly PlannedKey[]): number {
  return states.reduce((sum, { entry, current }, index) => {
    if (keys[index]?.action === 'keep') return sum;
    return sum + entry.size + (current === null ? entry.key.length : -current.length);
  }, 0);
}

function sharedDomains(world: World): string[] {
  const { storage, database, vault } = world;
  const domains = new Set([storage.failureDomain, database.failureDomain, vault.failureDomain]);
  if (domains.size > 1) return [];
  return [
    `Storage, database and vault all lie in ${vault.failureDomain} and can be lost together. Download the backup first.`,
  ];
}

/** What a rollback would do. Everything is read and nothing is changed. */
export async function planRollback(
  session: Session,
  options: { readonly backupId?: string; readonly onDrift?: DriftPolicy },
): Promise<RollbackPlan> {
  const { world } = session;
  const history = await readHistory(session);
  const migrated = requireMigrated(history);
  const generation = await backupFor(session, history, options.backupId);
  const backup = await loadBackup(world, generation.head.id);
  refuseForeign(world, backup.head);
  const survey = await world.database.survey(world.migration.id, migrated.run, LISTED);
  const states = await surveyStorage(world, backup.head);
  const storage = await storageDrift(states);
  const drift = figuresOf(survey.drift, storage);
  const keys = states.map((state) => plannedKey(state, backup));
  const room = await world.storage.room();
  const needed = roomNeeded(states, keys);
  const available = room === null ? null : room.capacity - room.used;
  const rows = survey.collections.reduce((sum, collection) => sum + collection.rows, 0);
  const obstacles = [
    (await obstacleNow(session, history))?.message,
    available !== null && needed > available ? `Storage lacks ${needed - available} characters of room.` : undefined,
    ...survey.dependents
      .filter(({ effect }) => effect === 'forbids')
      .map(
        ({ table, rows: some }) =>
          `${some} rows of the table ${table} refer to migrated rows and forbid removing them.`,
      ),
  ].filter((text): text is string => text !== undefined);
  return {
    migrationId: world.migration.id,
    backupId: backup.head.id,
    backupCreatedAt: backup.head.createdAt,
    onDrift: options.onDrift ?? world.migration.onDrift,
    collections: survey.collections,
    dependents: survey.dependents,
    keys,
    rowsToRemove: rows,
    keysToRestore: keys.filter(({ action }) => action !== 'keep').length,
    drift: await summaryOf(drift),
    driftEntries: survey.entries,
    room: { needed: Math.max(0, needed), available },
    estimatedTime: estimateSeconds(rows, backup.head.size),
    possible: obstacles.length === 0,
    obstacles,
    warnings: warnings(session, backup, storage.keys),
  };
}

function warnings({ world }: Session, backup: VerifiedBackup, storageKeys: number): readonly string[] {
  return [
    ...sharedDomains(world),
    ...(backup.head.definition === world.migration.digest
      ? []
      : ['The definition of the migration has changed since the backup was made.']),
    ...(storageKeys > 0
      ? [`${storageKeys} keys were written in storage after the migration; their values are kept in the vault.`]
      : []),
  ];
}
