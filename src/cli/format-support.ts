import type {
  ArchiveSummary,
  BackupComparison,
  BackupInspection,
  CollectionComparison,
  DatabaseLedger,
  InspectedEntry,
  RestoredBackup,
} from '../index.ts';
import { formatBackups } from './format-lists.ts';
import { printableName, printableText, shortened } from './printable.ts';
import type { Style } from './style.ts';
import { type Column, tableLines } from './table.ts';
import { count, counted } from './units.ts';

const entryColumns: readonly Column<InspectedEntry>[] = [
  { title: 'key', align: 'left', cell: ({ key }) => shortened(printableName(key), 48) },
  { title: 'kind', align: 'left', cell: ({ kind }) => kind },
  { title: 'characters', align: 'right', cell: ({ size }) => count(size) },
  { title: 'sha-256', align: 'left', cell: ({ sha256 }) => sha256.slice(0, 12) },
  { title: 'whole', align: 'left', cell: ({ intact }) => (intact ? 'yes' : 'NO') },
];

/** What a backup says of itself, key by key; values only where they were asked for. */
export function formatInspection(inspection: BackupInspection, style: Style): string {
  const { summary, valid, error, entries } = inspection;
  const verdict = valid
    ? style.good('Every hash is right.')
    : style.bad(`DAMAGED  ${error?.code ?? ''}: ${printableText(error?.message ?? '')}`);
  const values = entries.flatMap(({ key, value }) =>
    value === undefined ? [] : ['', style.heading(printableName(key)), printableText(value)],
  );
  return [
    formatBackups([summary]),
    `migration ${printableName(summary.migrationId)}, storage ${printableName(inspection.storage)}`,
    '',
    ...(entries.length === 0 ? ['It holds no keys.'] : tableLines(entryColumns, entries)),
    '',
    verdict,
    ...values,
  ].join('\n');
}

/** What a database knows of the runs of a migration. */
export interface DatabaseInspection {
  readonly migration: string;
  readonly ledger: DatabaseLedger;
  readonly archives: readonly ArchiveSummary[];
}

const stepColumns: readonly Column<DatabaseLedger['steps'][number]>[] = [
  { title: 'run', align: 'left', cell: ({ run }) => printableName(run) },
  { title: 'step', align: 'left', cell: ({ step }) => printableName(step) },
];

const archiveColumns: readonly Column<ArchiveSummary>[] = [
  { title: 'archive of run', align: 'left', cell: ({ run }) => printableName(run) },
  { title: 'collection', align: 'left', cell: ({ collection }) => printableName(collection) },
  { title: 'table', align: 'left', cell: ({ table }) => printableName(table) },
  { title: 'rows', align: 'right', cell: ({ rows }) => count(rows) },
];

/** Lease, recorded steps and archive. */
export function formatDatabase({ migration, ledger, archives }: DatabaseInspection): string {
  const { holder, token, steps } = ledger;
  const lease =
    holder === null
      ? 'nobody holds the lease'
      : `run ${printableName(holder.run)} of storage ${printableName(holder.storage)} holds the lease`;
  return [
    `migration ${printableName(migration)}: ${lease}; newest token ${count(token)}`,
    '',
    ...(steps.length === 0 ? ['No step is recorded.'] : tableLines(stepColumns, steps)),
    '',
    ...(archives.length === 0 ? ['The archive is empty.'] : tableLines(archiveColumns, archives)),
  ].join('\n');
}

const comparisonColumns: readonly Column<CollectionComparison>[] = [
  { title: 'collection', align: 'left', cell: ({ collection }) => printableName(collection) },
  { title: 'in backup', align: 'right', cell: ({ items }) => count(items) },
  { title: 'row', align: 'right', cell: ({ found }) => count(found.row) },
  { title: 'changed', align: 'right', cell: ({ found }) => count(found.changedRow) },
  { title: 'in archive', align: 'right', cell: ({ found }) => count(found.archive) },
  { title: 'changed there', align: 'right', cell: ({ found }) => count(found.changedInArchive) },
  { title: 'deleted', align: 'right', cell: ({ found }) => count(found.deleted) },
  { title: 'nowhere', align: 'right', cell: ({ found }) => count(found.nowhere) },
  { title: 'not in backup', align: 'right', cell: ({ added }) => count(added) },
];

/** A backup against rows and archive. */
export function formatComparison({ id, equal, collections }: BackupComparison, style: Style): string {
  const examples = collections.flatMap(({ collection, examples: found }) =>
    Object.entries(found).map(
      ([where, keys]) => `${printableName(collection)} ${where}: ${(keys ?? []).map(printableName).join(', ')}`,
    ),
  );
  const verdict = equal
    ? style.good(`Every item of ${printableName(id)} is in the rows or in the archive, as it was.`)
    : style.caution(`Not every item of ${printableName(id)} is in the database as it was.`);
  return [...tableLines(comparisonColumns, collections), '', ...examples, verdict].join('\n');
}

/** What restoring did, and where the copy lies. */
export function formatRestored({ id, written, unchanged, leftAlone }: RestoredBackup, kept: string): string {
  return [
    `Restored ${printableName(id)}: ${counted(written.length, 'key')} written, ${count(unchanged)} held their values already.`,
    ...(leftAlone.length === 0 ? [] : [`${counted(leftAlone.length, 'key')} that it does not know were left alone.`]),
    `What was there before: ${kept}`,
  ].join('\n');
}
