import type { AnyMachineSnapshot } from 'xstate';
import { JournalError } from '../../errors.ts';
import type { StateMeta } from '../../machines/chart.ts';
import type { JournalRecord } from '../journal-record.ts';
import type { AnyContext, AnyEvent, AnyInput, Plan } from './types.ts';

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

/**
 * The chart in the state that a record entered, checked (hazard H22, rule JN5).
 * @throws JournalError `JOURNAL_NEWER` for a later version of the chart, `JOURNAL_UNREADABLE` for an unknown state
 */
export function rehydrate<C extends AnyContext, E extends AnyEvent, I extends AnyInput>(
  plan: Plan<C, E, I>,
  record: JournalRecord,
): AnyMachineSnapshot {
  const { id, version } = record.machine;
  if (id !== plan.id || version > plan.version) {
    throw new JournalError(
      'JOURNAL_NEWER',
      `The run ${record.run} was begun by a newer version of backpedal (${id} chart ${version}). Nothing has been changed; reload the app to get that version.`,
    );
  }
  const place = `Record ${record.seq} of the journal`;
  try {
    const { value, context } = record.snapshot;
    const snapshot = plan.machine.resolveState({ value, context: context as unknown as C });
    if (snapshot.status === 'error') throw snapshot.error;
    return snapshot;
  } catch (cause) {
    throw new JournalError('JOURNAL_UNREADABLE', `${place} names a state that the ${id} chart does not have.`, {
      cause,
    });
  }
}
