import { BackpedalError } from '../errors.ts';
import type { ArchiveExport, ArchiveList } from './record-types.ts';
import { allRows } from './rollback/drift.ts';
import type { Session } from './session.ts';
import { readDisplaced, runsWithDisplaced } from './vault-files.ts';

/** What lies in the archive: rows by run and table, and displaced values by run and key. */
export async function listArchive({ world }: Session): Promise<ArchiveList> {
  const displaced: ArchiveList['displaced'][number][] = [];
  for (const run of await runsWithDisplaced(world)) {
    for (const { key, value } of await readDisplaced(world, run))
      displaced.push({ run, key, size: value?.length ?? 0 });
  }
  return { rows: await world.database.archives(world.migration.id), displaced };
}

/**
 * Everything that a run moved or displaced.
 * @throws BackpedalError `RUN_NOT_FOUND` when there is nothing of such a run
 */
export async function exportArchive(session: Session, run: string): Promise<ArchiveExport> {
  const { world } = session;
  const migration = world.migration.id;
  const rows = await allRows((after, limit) =>
    world.database.archived({ migration, run, content: 'all', after, limit }),
  );
  const hasDisplaced = (await runsWithDisplaced(world)).includes(run);
  if (rows.length === 0 && !hasDisplaced) {
    throw new BackpedalError(
      'RUN_NOT_FOUND',
      `The archive holds nothing of a run ${JSON.stringify(run)}; list it to see which there are.`,
    );
  }
  return { run, rows, displaced: hasDisplaced ? await readDisplaced(world, run) : [] };
}
