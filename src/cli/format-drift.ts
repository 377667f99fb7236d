import type { DriftSummary, RollbackPlan } from '../index.ts';
import { printableName, shortened } from './printable.ts';
import { count, counted, enumerated } from './units.ts';

/** How many changed rows are listed for people; JSON has all that the plan has. */
export const LISTED_ROWS = 20;

/** Everything that drifted, in one number. */
export function driftTotal(drift: Omit<DriftSummary, 'digest'>): number {
  return drift.added + drift.changed + drift.deleted + drift.dependents + drift.storageKeys;
}

function rowsPhrase({ added, changed, deleted }: Omit<DriftSummary, 'digest'>): string {
  const kinds = [
    [added, 'added'],
    [changed, 'changed'],
    [deleted, 'deleted'],
  ] as const;
  const only = kinds.filter(([number]) => number > 0);
  const [first] = only;
  if (only.length === 1 && first) return `${counted(first[0], 'row')} ${first[1]}`;
  return only.length === 0 ? '' : `${counted(added + changed + deleted, 'row')} (${enumerated(only)})`;
}

/** What people did after the migration, in one phrase. */
export function driftPhrase(drift: Omit<DriftSummary, 'digest'>): string {
  const parts = [
    rowsPhrase(drift),
    drift.dependents > 0 ? `${counted(drift.dependents, 'row')} of other tables` : '',
    drift.storageKeys > 0 ? `${counted(drift.storageKeys, 'key')} written in storage` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

/** Up to twenty changed rows, one a line, and how many more there are. */
export function driftLines(plan: Pick<RollbackPlan, 'drift' | 'driftEntries'>): string[] {
  const shown = plan.driftEntries.slice(0, LISTED_ROWS);
  const rows = plan.drift.added + plan.drift.changed + plan.drift.deleted + plan.drift.dependents;
  const more = Math.max(rows, plan.driftEntries.length) - shown.length;
  return [
    ...shown.map(({ kind, collection, table, key }) => {
      const place = table === collection ? collection : `${collection} (table ${table})`;
      return `${kind.padEnd(9)}  ${printableName(place)}  ${shortened(printableName(key), 60)}`;
    }),
    ...(more > 0 ? [`and ${count(more)} more`] : []),
  ];
}
