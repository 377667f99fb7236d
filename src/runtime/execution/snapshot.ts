import type { AnyMachineSnapshot } from 'xstate';
import { JournalError } from '../../errors.ts';
import type { StateMeta } from '../../machines/chart.ts';
import type { JournalRecord } from '../journal-record.ts';

/** A chart's state as it is persisted: where it is and what it remembers. */
export function persisted(snapshot: AnyMachineSnapshot): JournalRecord['snapshot'] {
  return { value: snapshot.value as string, context: snapshot.context };
}

/** What the present state means to people: the innermost one that says so. */
export function metaOf(snapshot: AnyMachineSnapshot): StateMeta {
  const metas = Object.entries(snapshot.getMeta() as Record<string, StateMeta>);
  const innermost = metas.sort(([a], [b]) => b.length - a.length)[0];
  if (innermost === undefined) throw new JournalError('INTERNAL', 'The chart is in a state that means nothing.');
  return innermost[1];
}

/** Whether the chart has come to an end; safe mode rests until somebody unlocks it. */
export function hasEnded(snapshot: AnyMachineSnapshot): boolean {
  return snapshot.status !== 'active' || snapshot.value === 'safeMode';
}
