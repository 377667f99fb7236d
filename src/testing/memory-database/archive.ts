import type { ArchivedRow, ArchivePage, ArchiveQuery, ArchiveSummary, Fence } from '../../ports/database.ts';
import { archiveOf, type MemoryStore, transactFenced } from './store.ts';
import { cloneRow } from './values.ts';

/** `DatabasePort.archives`. */
export function archives(store: MemoryStore, migration: string): readonly ArchiveSummary[] {
  const summaries = new Map<string, ArchiveSummary>();
  for (const archived of store.archive.values()) {
    if (archived.migration !== migration || archived.row === null) continue;
    const { run, collection, table } = archived;
    const name = JSON.stringify([run, collection, table]);
    summaries.set(name, { run, collection, table, rows: (summaries.get(name)?.rows ?? 0) + 1 });
  }
  return [...summaries.values()];
}

/** `DatabasePort.archived`. */
export function archived(store: MemoryStore, query: ArchiveQuery): ArchivePage {
  const after = query.after === null ? 0 : Number(query.after);
  const wanted = archiveOf(store, query.migration, query.run).filter(
    ([sequence, { kind }]) => sequence > after && (query.content === 'all' || kind !== 'unchanged'),
  );
  const page = wanted.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page.map(([, { collection, table, key, kind, row }]): ArchivedRow => {
      return { collection, table, key, kind, row: row === null ? null : cloneRow(row) };
    }),
    next: last === undefined || wanted.length === page.length ? null : String(last[0]),
  };
}

/** `DatabasePort.dropArchive`. */
export function dropArchive(store: MemoryStore, fence: Fence, run: string): void {
  transactFenced(store, fence, (transaction) => {
    for (const [sequence] of archiveOf(store, fence.migration, run)) transaction.delete(store.archive, sequence);
    const cleared = store.cleared.get(run);
    if (cleared !== undefined) transaction.set(store.cleared, run, { ...cleared, archive: 'dropped' });
  });
}
