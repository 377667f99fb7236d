import type { RollbackPlan } from '../index.ts';
import { driftLines, driftPhrase, driftTotal } from './format-drift.ts';
import { printableName, printableText, shortened } from './printable.ts';
import type { Style } from './style.ts';
import { type Column, tableLines } from './table.ts';
import { count, counted, duration } from './units.ts';

/** How many keys are listed for people; JSON has them all. */
const LISTED_KEYS = 20;

type CollectionRow = RollbackPlan['collections'][number];
type KeyRow = RollbackPlan['keys'][number];

const collectionColumns: readonly Column<CollectionRow>[] = [
  { title: 'collection', align: 'left', cell: ({ collection }) => printableName(collection) },
  { title: 'rows to remove', align: 'right', cell: ({ rows }) => count(rows) },
  { title: 'added', align: 'right', cell: ({ added }) => count(added) },
  { title: 'changed', align: 'right', cell: ({ changed }) => count(changed) },
  { title: 'deleted', align: 'right', cell: ({ deleted }) => count(deleted) },
  { title: 'of others, kept', align: 'right', cell: ({ kept }) => count(kept) },
];

const keyColumns: readonly Column<KeyRow>[] = [
  { title: 'key', align: 'left', cell: ({ key }) => shortened(printableName(key), 48) },
  { title: 'kind', align: 'left', cell: ({ kind }) => (kind === 'formData' ? 'form data' : kind) },
  { title: 'action', align: 'left', cell: ({ action }) => action },
  { title: 'characters', align: 'right', cell: ({ size }) => count(size) },
];

const effects: Readonly<Record<RollbackPlan['dependents'][number]['effect'], string>> = {
  moved: 'are moved to the archive with them',
  detached: 'lose the reference to them',
  forbids: 'forbid removing them',
};

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function section(style: Style, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', style.heading(title), ...indented(lines)];
}

/** What happens to keys has its own words, explained once below them. */
function keySection(plan: RollbackPlan): string[] {
  const shown = tableLines(keyColumns, plan.keys.slice(0, LISTED_KEYS));
  const more = plan.keys.length - LISTED_KEYS;
  const number = (action: KeyRow['action']): number => plan.keys.filter((key) => key.action === action).length;
  return [
    ...shown,
    ...(more > 0 ? [`and ${counted(more, 'more key', 'more keys')} (--json lists all)`] : []),
    `restore ${count(number('restore'))} (gone or unchanged since the migration), keep ${count(number('keep'))} (already right, or newer and left alone), displace ${count(number('displace'))} (newer; kept in the vault first)`,
  ];
}

const policies: Readonly<Record<RollbackPlan['onDrift'], string>> = {
  ask: 'a person is asked',
  merge: 'they are merged into what is restored',
  discard: 'the backup is restored as it was; they stay in the archive',
};

function driftSection(plan: RollbackPlan, style: Style): string[] {
  if (driftTotal(plan.drift) === 0) return ['', 'Nothing was changed after the migration.'];
  const policy = `With --on-drift ${plan.onDrift}, ${policies[plan.onDrift]}.`;
  return section(style, `Changed after the migration: ${driftPhrase(plan.drift)}`, [...driftLines(plan), policy]);
}

function roomLine({ needed, available }: RollbackPlan['room']): string {
  const limit = available === null ? 'the storage names no limit' : `${counted(available, 'character')} are free`;
  return `${counted(needed, 'character')} needed; ${limit}`;
}

/** A plan for people, to be read before anything is done. */
export function formatPlan(plan: RollbackPlan, style: Style): string {
  const dependents = plan.dependents.map(
    ({ table, collection, rows, effect }) =>
      `${counted(rows, 'row')} of ${printableName(table)} that refer to ${printableName(collection)} ${effects[effect]}`,
  );
  const lines = [
    style.heading(`Rollback of ${printableName(plan.migrationId)}`),
    `Backup ${plan.backupId}, made ${plan.backupCreatedAt}`,
    ...section(
      style,
      `Database: ${counted(plan.rowsToRemove, 'row')} to remove`,
      tableLines(collectionColumns, plan.collections),
    ),
    ...section(style, 'Rows of other tables', dependents),
    ...section(style, `Storage: ${counted(plan.keysToRestore, 'key')} to restore`, keySection(plan)),
    ...driftSection(plan, style),
    ...section(style, 'Room', [roomLine(plan.room)]),
    ...section(
      style,
      'Warnings',
      plan.warnings.map((text) => style.caution(printableText(text))),
    ),
    '',
    `It would take ${duration(plan.estimatedTime)}.`,
    ...(plan.possible
      ? [style.good('It could begin now. Nothing has been changed.')]
      : [style.bad('It cannot begin as things are:'), ...indented(plan.obstacles.map(printableText))]),
  ];
  return lines.join('\n');
}
