import type { AnyMachineSnapshot } from 'xstate';
import { JournalError } from '../errors.ts';
import { initialContext as migrationContext } from '../machines/migration/context.ts';
import { migrationMachine } from '../machines/migration/machine.ts';
import { MIGRATION_VERSION } from '../machines/migration/types.ts';
import { initialContext as rollbackContext } from '../machines/rollback/context.ts';
import { rollbackMachine } from '../machines/rollback/machine.ts';
import { ROLLBACK_VERSION } from '../machines/rollback/types.ts';
import type { JournalRecord } from './journal-record.ts';

const versions = { migration: MIGRATION_VERSION, rollback: ROLLBACK_VERSION } as const;

const begun = { run: '', migration: '', storage: '' };

/** Every name that a chart's memory has, whatever the run. */
const memories = {
  migration: Object.keys(migrationContext({ ...begun, source: 'keep', tolerance: 0 })),
  rollback: Object.keys(rollbackContext({ ...begun, undoes: '', reason: '', detail: '', backup: '', onDrift: 'ask' })),
} as const;

/** @throws JournalError `JOURNAL_NEWER` for a record of a chart that is newer than this library */
export function refuseNewerChart({ run, machine }: JournalRecord): void {
  if (machine.version <= versions[machine.id]) return;
  throw new JournalError(
    'JOURNAL_NEWER',
    `The run ${run} was begun by a newer version of backpedal (${machine.id} chart ${machine.version}). Nothing has been changed; reload the app to get that version.`,
  );
}

/**
 * The chart in the state that a record entered, checked (hazard H22, rule JN5).
 * @throws JournalError `JOURNAL_UNREADABLE` for an unknown state, or a memory that lacks something
 */
export function snapshotOf(record: JournalRecord): AnyMachineSnapshot {
  const { id } = record.machine;
  const { value, context } = record.snapshot;
  const place = `Record ${record.seq} of the journal`;
  const lacking = memories[id].find((name) => !Object.hasOwn(context, name));
  if (lacking !== undefined) {
    throw new JournalError('JOURNAL_UNREADABLE', `${place} lacks the ${id} chart’s ${lacking}.`);
  }
  const snapshot = resolved(id, value, context);
  // Names such as `constructor` lead XState to the initial state, and so does a state without its inner one.
  const isIt = snapshot?.status !== 'error' && JSON.stringify(snapshot?.value) === JSON.stringify(value);
  if (snapshot !== null && isIt && (typeof value === 'string' || Object.keys(value).length === 1)) return snapshot;
  throw new JournalError('JOURNAL_UNREADABLE', `${place} names a state that the ${id} chart does not have.`);
}

function resolved(
  id: 'migration' | 'rollback',
  value: JournalRecord['snapshot']['value'],
  context: unknown,
): AnyMachineSnapshot | null {
  const state = { value, context: context as never };
  try {
    return id === 'migration' ? migrationMachine.resolveState(state) : rollbackMachine.resolveState(state);
  } catch {
    return null;
  }
}
