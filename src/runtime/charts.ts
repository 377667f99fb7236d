import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { JournalError } from '../errors.ts';
import type { StateMeta } from '../machines/chart.ts';
import { initialContext as crashRecoveryContext } from '../machines/crash-recovery/context.ts';
import { crashRecoveryMachine } from '../machines/crash-recovery/machine.ts';
import { crashRecoveryMeta } from '../machines/crash-recovery/meta.ts';
import { CRASH_RECOVERY_VERSION } from '../machines/crash-recovery/types.ts';
import { initialContext as emergencyRecoveryContext } from '../machines/emergency-recovery/context.ts';
import { emergencyRecoveryMachine } from '../machines/emergency-recovery/machine.ts';
import { emergencyRecoveryMeta } from '../machines/emergency-recovery/meta.ts';
import { EMERGENCY_RECOVERY_VERSION } from '../machines/emergency-recovery/types.ts';
import { initialContext as migrationContext } from '../machines/migration/context.ts';
import { migrationMachine } from '../machines/migration/machine.ts';
import { migrationMeta } from '../machines/migration/meta.ts';
import { MIGRATION_VERSION } from '../machines/migration/types.ts';
import { initialContext as rollbackContext } from '../machines/rollback/context.ts';
import { rollbackMachine } from '../machines/rollback/machine.ts';
import { rollbackMeta } from '../machines/rollback/meta.ts';
import { ROLLBACK_VERSION } from '../machines/rollback/types.ts';
import type { ChartId } from './execution/types.ts';
import type { JournalRecord } from './journal-record.ts';
import { type SnapshotUpgrades, upgradedTo } from './older-snapshots.ts';

/** A chart as the journal knows it. */
export interface KnownChart {
  readonly machine: AnyStateMachine;
  readonly version: number;
  /** What each state means to people, by the state's own name. */
  readonly meta: Readonly<Record<string, StateMeta>>;
  /** Every name that the chart's memory has, whatever the run. */
  readonly memory: readonly string[];
}

const begun = { run: '', migration: '', storage: '' };
const undoing = { ...begun, undoes: '', reason: '', backup: '' };
const names = (context: object): readonly string[] => Object.keys(context);

/** The charts, by the name under which the journal keeps their runs. */
export const charts: Readonly<Record<ChartId, KnownChart>> = {
  migration: {
    machine: migrationMachine,
    version: MIGRATION_VERSION,
    meta: migrationMeta,
    memory: names(migrationContext({ ...begun, source: 'keep', tolerance: 0 })),
  },
  rollback: {
    machine: rollbackMachine,
    version: ROLLBACK_VERSION,
    meta: rollbackMeta,
    memory: names(rollbackContext({ ...undoing, detail: '', onDrift: 'ask' })),
  },
  emergencyRecovery: {
    machine: emergencyRecoveryMachine,
    version: EMERGENCY_RECOVERY_VERSION,
    meta: emergencyRecoveryMeta,
    memory: names(emergencyRecoveryContext(undoing)),
  },
  crashRecovery: {
    machine: crashRecoveryMachine,
    version: CRASH_RECOVERY_VERSION,
    meta: crashRecoveryMeta,
    memory: names(crashRecoveryContext(begun)),
  },
};

/** @throws JournalError `JOURNAL_NEWER` for a record of a chart that is newer than this library */
function refuseNewerChart({ run, machine }: JournalRecord): void {
  if (machine.version <= charts[machine.id].version) return;
  throw new JournalError(
    'JOURNAL_NEWER',
    `The run ${run} was begun by a newer version of backpedal (${machine.id} chart ${machine.version}). Nothing has been changed; reload the app to get that version.`,
  );
}

/**
 * A record as this library's charts have it (rule SV4).
 * @throws JournalError `JOURNAL_NEWER` for a chart that is newer, `JOURNAL_UNREADABLE` for one that is too old
 */
export function presentRecord(record: JournalRecord, upgrades?: SnapshotUpgrades): JournalRecord {
  refuseNewerChart(record);
  const { id, version } = record.machine;
  const present = upgradedTo(charts[id].version, record, upgrades);
  if (present !== null) return present;
  throw new JournalError(
    'JOURNAL_UNREADABLE',
    `Record ${record.seq} of the journal is of version ${version} of the ${id} chart, which this library cannot read.`,
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
  const lacking = charts[id].memory.find((name) => !Object.hasOwn(context, name));
  if (lacking !== undefined) {
    throw new JournalError('JOURNAL_UNREADABLE', `${place} lacks the ${id} chart’s ${lacking}.`);
  }
  const snapshot = resolved(id, value, context);
  // Names such as `constructor` lead XState to the initial state, and so does a state without its inner one.
  const isIt = snapshot?.status !== 'error' && JSON.stringify(snapshot?.value) === JSON.stringify(value);
  if (snapshot !== null && isIt && (typeof value === 'string' || Object.keys(value).length === 1)) return snapshot;
  throw new JournalError('JOURNAL_UNREADABLE', `${place} names a state that the ${id} chart does not have.`);
}

function resolved(id: ChartId, value: JournalRecord['snapshot']['value'], context: unknown): AnyMachineSnapshot | null {
  try {
    return charts[id].machine.resolveState({ value, context });
  } catch {
    return null;
  }
}
