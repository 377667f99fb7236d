import type { DriftSummary, RollbackPlan } from '../index.ts';
import { printableName, shortened } from './printable.ts';
import { count, counted, enumerated } from './units.ts';

/** How many changed rows are listed for people; JSON has all that the plan has. */
export const LISTED_ROWS = 20;

/** Everything that drifted, in one number. */
export function driftTotal(drift: Omit<DriftSummary, 'digest'>): number {
  return drift.added + drift.changed + drift.deleted + drift.dependents + drift.storageKeys;
}

/** What people did after the migration, in one phrase. */
export function driftPhrase(drift: Omit<DriftSummary, 'digest'>): string {
  const rows = drift.added + drift.changed + drift.deleted;
  const parts = [
    enumerated([
      [drift.added, 'added'],
      [drift.changed, 'changed'],
      [drift.deleted, 'deleted'],
    ]),
    drift.dependents > 0 ? `${counted(drift.dependents, 'row')} of other tables` : '',
    drift.storageKeys > 0 ? `${counted(drift.storageKeys, 'key')} written in storage` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) return 'nothing was changed after the migration';
  return `${rows > 0 ? 'rows ' : ''}${parts.join('; ')}`;
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
