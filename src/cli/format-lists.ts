import type { ArchiveList, AuditEntry, BackupSummary, BackupVerification, VerificationResult } from '../index.ts';
import { printableName, printableText, shortened } from './printable.ts';
import type { Style } from './style.ts';
import { type Column, tableLines } from './table.ts';
import { count, counted } from './units.ts';

const backupColumns: readonly Column<BackupSummary>[] = [
  { title: 'backup', align: 'left', cell: ({ id }) => printableName(id) },
  { title: 'made', align: 'left', cell: ({ createdAt }) => createdAt },
  { title: 'keys', align: 'right', cell: ({ entries }) => count(entries) },
  { title: 'characters', align: 'right', cell: ({ size }) => count(size) },
  { title: 'user', align: 'left', cell: ({ user }) => (user === null ? '-' : printableName(user)) },
  { title: 'origin', align: 'left', cell: ({ origin }) => printableName(origin) },
  { title: 'sha-256', align: 'left', cell: ({ sha256 }) => sha256.slice(0, 12) },
];

/** The backups, a line each. */
export function formatBackups(backups: readonly BackupSummary[]): string {
  return backups.length === 0 ? 'There is no backup.' : tableLines(backupColumns, backups).join('\n');
}

/** Whether backups can be trusted, a line each. */
export function formatBackupChecks(checks: readonly BackupVerification[], style: Style): string {
  if (checks.length === 0) return 'There is no backup.';
  return checks
    .map(({ id, valid, error, entries }) =>
      valid
        ? style.good(`valid    ${printableName(id)}: ${counted(entries, 'key')}, every hash is right`)
        : style.bad(
            `DAMAGED  ${printableName(id)}: ${error ? `${error.code}: ${printableText(error.message)}` : 'unknown reason'}`,
          ),
    )
    .join('\n');
}

const archiveColumns: readonly Column<ArchiveList['rows'][number]>[] = [
  { title: 'run', align: 'left', cell: ({ run }) => printableName(run) },
  { title: 'collection', align: 'left', cell: ({ collection }) => printableName(collection) },
  { title: 'table', align: 'left', cell: ({ table }) => printableName(table) },
  { title: 'rows', align: 'right', cell: ({ rows }) => count(rows) },
];

const displacedColumns: readonly Column<ArchiveList['displaced'][number]>[] = [
  { title: 'run', align: 'left', cell: ({ run }) => printableName(run) },
  { title: 'displaced key', align: 'left', cell: ({ key }) => shortened(printableName(key), 48) },
  { title: 'characters', align: 'right', cell: ({ size }) => count(size) },
];

/** What the archive holds, by run. */
export function formatArchive({ rows, displaced }: ArchiveList): string {
  if (rows.length === 0 && displaced.length === 0) return 'The archive is empty.';
  return [
    ...(rows.length > 0 ? tableLines(archiveColumns, rows) : ['No rows are archived.']),
    ...(displaced.length > 0 ? ['', ...tableLines(displacedColumns, displaced)] : []),
  ].join('\n');
}

const auditColumns: readonly Column<AuditEntry>[] = [
  { title: 'time', align: 'left', cell: ({ timestamp }) => timestamp },
  { title: 'type', align: 'left', cell: ({ type }) => type },
  { title: 'result', align: 'left', cell: ({ result }) => result },
  { title: 'outcome', align: 'left', cell: ({ outcome }) => outcome ?? '-' },
  { title: 'reason', align: 'left', cell: ({ reason }) => shortened(printableName(reason), 40) },
  { title: 'by', align: 'left', cell: ({ performedBy }) => (performedBy === null ? '-' : printableName(performedBy)) },
  { title: 'run', align: 'left', cell: ({ runId }) => runId ?? '-' },
];

/** The audit trail, oldest first. */
export function formatAudit(entries: readonly AuditEntry[]): string {
  return entries.length === 0 ? 'The audit trail is empty.' : tableLines(auditColumns, entries).join('\n');
}

/** What was verified, by name, with every error. */
export function formatVerification(results: Readonly<Record<string, VerificationResult>>, style: Style): string {
  return Object.entries(results)
    .flatMap(([name, { success, errors, checked }]) => [
      success
        ? style.good(`passed  ${name}: ${count(checked)} checked`)
        : style.bad(`FAILED  ${name}: ${count(checked)} checked`),
      ...errors.map((error) => `        ${printableText(error)}`),
    ])
    .join('\n');
}
