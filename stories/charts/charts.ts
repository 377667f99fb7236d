import type { AnyStateMachine } from 'xstate';
import {
  crashRecoveryMachine,
  emergencyRecoveryMachine,
  migrationMachine,
  rollbackMachine,
} from '../../src/machines/index.ts';

/** The charts, by the names under which journal and status know them. */
export type ChartId = 'migration' | 'rollback' | 'emergencyRecovery' | 'crashRecovery';

/** A chart and what people call it. */
export interface NamedChart {
  readonly id: ChartId;
  /** As part of file names. */
  readonly slug: string;
  readonly title: string;
  readonly machine: AnyStateMachine;
}

const named = (id: ChartId, slug: string, title: string, machine: unknown): NamedChart => ({
  id,
  slug,
  title,
  machine: machine as AnyStateMachine,
});

/** The four charts, in the order in which people meet them. */
export const charts: readonly NamedChart[] = [
  named('migration', 'migration', 'Migration', migrationMachine),
  named('rollback', 'rollback', 'Rollback', rollbackMachine),
  named('emergencyRecovery', 'emergency-recovery', 'Emergency recovery', emergencyRecoveryMachine),
  named('crashRecovery', 'crash-recovery', 'Crash recovery', crashRecoveryMachine),
];

/** A chart by its name. */
export const chartOf = (id: ChartId): NamedChart => charts.find((chart) => chart.id === id) as NamedChart;
