/** The second run: migrate, roll back in a process that is killed in the middle, recover, compare every key. */
import type { Backpedal, RecoveryResult, RollbackStatus } from '../../src/index.ts';
import { type Crash, crashInMidRollback } from './crash.ts';
import type { DemoApp } from './demo-app.ts';
import { DemoError } from './demo-error.ts';
import { openApp } from './open-app.ts';
import { withProgress } from './progress-bar.ts';
import { readUsersEntries } from './storage-entries.ts';
import type { DemoSetting } from './working-folder.ts';

/** What the next start finds after the crash, before it does anything. */
export interface FoundAfterCrash {
  readonly journal: Pick<RollbackStatus, 'migrationState' | 'state' | 'runId'>;
  /** Why another rollback is refused, should it be. */
  readonly refusal: string | null;
  readonly keysMissing: readonly string[];
  /** In the app's tables. */
  readonly rows: number;
}

/** All that the second run did and found. */
export interface SecondRun {
  /** Of the storage before the migration. */
  readonly keys: number;
  readonly rowsMigrated: number;
  readonly crash: Crash;
  readonly found: FoundAfterCrash;
  readonly recovery: RecoveryResult;
  readonly keysRestored: number;
  /** Keys that differ, are missing, or were not there before. */
  readonly keysThatDiffer: readonly string[];
  /** Rows that this rollback moved out of the tables. */
  readonly rowsArchived: number;
  /** Rows that are in the archive and no longer in their tables. */
  readonly rowsRemoved: number;
  readonly crashesSurvived: number;
  readonly held: boolean;
}

/** Called as soon as a part of the run is known. */
export interface SecondRunListener {
  migrated(rows: number): void;
  crashed(crash: Crash, found: FoundAfterCrash): void;
}

/** Carries out the second run in a folder that was prepared. */
export async function secondRun(
  app: DemoApp,
  setting: DemoSetting,
  folder: string,
  listener: SecondRunListener,
): Promise<SecondRun> {
  const { before, rowsMigrated } = await migrate(app, setting, folder);
  listener.migrated(rowsMigrated);
  const crash = await crashInMidRollback(folder);
  const opened = await openApp(app, setting, folder);
  const { client, storage } = opened;
  try {
    const left = await readUsersEntries(storage, app.migration.id);
    const { reason } = await client.canRollback();
    const found: FoundAfterCrash = {
      journal: await statusInJournal(client, app.migration.id),
      refusal: reason ?? null,
      keysMissing: [...before.keys()].filter((key) => !left.has(key)),
      rows: await opened.countRows(),
    };
    listener.crashed(crash, found);

    const recovery = await withProgress(client, 'recover ', () => client.recover());
    const after = await readUsersEntries(storage, app.migration.id);
    const keysThatDiffer = [...new Set([...before.keys(), ...after.keys()])].filter(
      (key) => before.get(key) !== after.get(key),
    );
    const keysRestored = [...before.keys()].filter((key) => before.get(key) === after.get(key)).length;
    const rowsArchived = await countArchived(client, recovery.runId);
    const rowsRemoved = rowsArchived - (await opened.countRows());
    const crashesSurvived = isCrash(crash, found, rowsMigrated) && recovery.rollback?.outcome === 'rolledBack' ? 1 : 0;
    const held =
      crashesSurvived === 1 &&
      recovery.rollback?.success === true &&
      keysThatDiffer.length === 0 &&
      rowsRemoved === rowsMigrated;
    const keys = { keys: before.size, keysRestored, keysThatDiffer };
    return { ...keys, rowsMigrated, rowsArchived, rowsRemoved, crash, found, recovery, crashesSurvived, held };
  } finally {
    await opened.close();
  }
}

async function migrate(
  app: DemoApp,
  setting: DemoSetting,
  folder: string,
): Promise<{ readonly before: ReadonlyMap<string, string>; readonly rowsMigrated: number }> {
  const opened = await openApp(app, setting, folder);
  try {
    await opened.client.recover();
    const before = await readUsersEntries(opened.storage, app.migration.id);
    const migration = await withProgress(opened.client, 'migrate ', () => opened.client.migrate());
    if (migration.outcome !== 'migrated') {
      throw new DemoError(
        `The second migration ended as ${migration.outcome}: ${migration.error?.message ?? migration.reason}`,
      );
    }
    return { before, rowsMigrated: await opened.countRows() };
  } finally {
    await opened.close();
  }
}

async function countArchived(client: Backpedal, runId: string | null): Promise<number> {
  const { rows } = await client.archive.list();
  return rows.filter(({ run }) => run === runId).reduce((sum, part) => sum + part.rows, 0);
}

/** What the journal says of the run, before anybody goes on with it. */
function statusInJournal(client: Backpedal, migrationId: string): Promise<RollbackStatus> {
  return new Promise((resolve) => {
    const stop = client.monitorRollback(migrationId, (status) => {
      queueMicrotask(() => stop());
      resolve(status);
    });
  });
}

/** Killed, with its run open in the journal, its rows gone from their tables, and nothing written back yet. */
function isCrash({ signal }: Crash, { journal, rows, keysMissing }: FoundAfterCrash, rowsMigrated: number): boolean {
  const isOpen = journal.migrationState === 'ROLLING_BACK' && journal.state?.startsWith('executing.') === true;
  return signal === 'SIGKILL' && isOpen && rows === 0 && keysMissing.length > 0 === rowsMigrated > 0;
}
