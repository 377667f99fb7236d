/** The first run: migrate, work on in the database, and roll back with what was done there merged in. */
import type { MigrationResult, Report, RollbackPlan, RollbackResult } from '../../src/index.ts';
import type { DemoApp, Edit } from './demo-app.ts';
import { type MergeProof, proveMerge } from './merge-proof.ts';
import { openApp } from './open-app.ts';
import { withProgress } from './progress-bar.ts';
import { readUsersEntries } from './storage-entries.ts';
import type { DemoSetting } from './working-folder.ts';

/** All that the first run did and found. */
export interface FirstRun {
  readonly migration: MigrationResult;
  readonly edits: readonly Edit[];
  readonly plan: RollbackPlan;
  readonly rollback: RollbackResult;
  readonly report: Report;
  readonly proof: MergeProof;
  readonly rowsLeft: number;
  /** Whether everything was as it has to be. */
  readonly held: boolean;
}

/** Called as soon as a part of the run is known. */
export interface FirstRunListener {
  migrated(migration: MigrationResult): void;
  edited(edits: readonly Edit[]): void;
  planned(plan: RollbackPlan): void;
}

/** Carries out the first run in a folder that was prepared. */
export async function firstRun(
  app: DemoApp,
  setting: DemoSetting,
  folder: string,
  listener: FirstRunListener,
): Promise<FirstRun> {
  const opened = await openApp(app, setting, folder);
  const { client, storage } = opened;
  try {
    await client.recover();
    const before = await readUsersEntries(storage, app.migration.id);
    const migration = await withProgress(client, 'migrate ', () => client.migrate());
    listener.migrated(migration);

    const edits = await opened.transact(app.work);
    listener.edited(edits);

    const plan = await client.plan({ onDrift: 'merge' });
    listener.planned(plan);

    const rollback = await withProgress(client, 'rollback', () =>
      client.rollback({ reason: 'USER_REQUEST', detail: 'the demo, with merge', onDrift: 'merge' }),
    );
    const report = await client.report(rollback.runId);
    const after = await readUsersEntries(storage, app.migration.id);
    const proof = proveMerge(app.migration, before, after, edits);
    const rowsLeft = await opened.countRows();
    const held =
      migration.success && rollback.success && rollback.outcome === 'rolledBack' && proof.faults.length === 0;
    return { migration, edits, plan, rollback, report, proof, rowsLeft, held: held && rowsLeft === 0 };
  } finally {
    await opened.close();
  }
}
