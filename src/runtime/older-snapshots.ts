import type { ChartId } from './execution/types.ts';
import type { JournalRecord } from './journal-record.ts';

type Snapshot = JournalRecord['snapshot'];

/** How a chart's snapshot of one version becomes one of the next, by chart and by the version that it is of. */
export type SnapshotUpgrades = Readonly<
  Partial<Record<ChartId, Readonly<Record<number, (old: Snapshot) => Snapshot>>>>
>;

/** Every version that journals out there may hold has its way to the next one here. There is but one so far. */
export const snapshotUpgrades: SnapshotUpgrades = {};

/**
 * A record whose snapshot is of this version of its chart: as it is, or brought there from version to version (rule
 * SV4). Its hash stays that of what was written. `null` when there is no way.
 */
export function upgradedTo(
  version: number,
  record: JournalRecord,
  upgrades: SnapshotUpgrades = snapshotUpgrades,
): JournalRecord | null {
  const { machine } = record;
  if (machine.version >= version) return record;
  const upgrade = upgrades[machine.id]?.[machine.version];
  if (upgrade === undefined) return null;
  const next = { ...machine, version: machine.version + 1 };
  return upgradedTo(version, { ...record, machine: next, snapshot: upgrade(record.snapshot) }, upgrades);
}
