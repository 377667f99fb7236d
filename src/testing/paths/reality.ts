import type { AnyMachineSnapshot } from 'xstate';
import type { ChartPath, PathStep } from './chart-path.ts';
import { ofCrashRecovery } from './crash-recovery-reality.ts';

/** Something that the chart allows and that no fault of any port can bring about. */
export interface Impossibility {
  readonly chart: ChartPath['chart'];
  readonly reason: string;
  /** Whether a step cannot be taken with this context in the state that it leaves. */
  readonly step?: (step: PathStep, context: AnyMachineSnapshot['context']) => boolean;
  /** Whether a step cannot be taken after those before it. */
  readonly sequence?: (step: PathStep, before: readonly PathStep[]) => boolean;
}

/** A process watches for three triggers and reports each of them once. */
const TRIGGERS = 3;

function triggersOfProcess(before: readonly PathStep[]): number {
  const restart = before.findLastIndex(({ event }) => event.type === 'RESUMED');
  return before.slice(restart + 1).filter(({ event }) => event.type === 'TRIGGERED').length;
}

const always: readonly Omit<Impossibility, 'chart'>[] = [
  {
    reason: 'a run in safe mode has ended; recover() leaves it alone until it is unlocked',
    step: ({ event, from }) => event.type === 'RESUMED' && from === 'safeMode',
  },
  {
    reason: 'a process reports each of the three triggers once',
    sequence: ({ event }, before) => event.type === 'TRIGGERED' && triggersOfProcess(before) >= TRIGGERS,
  },
];

const ofRollback: readonly Omit<Impossibility, 'chart'>[] = [
  {
    reason:
      'an emptied storage is asked about by the crash recovery, whose own paths withdraw one that was clearing the database',
    step: ({ event }) => (event as { intent?: string }).intent === 'withdraw',
  },
  {
    reason:
      'a run whose burst is all that is left is taken up by the crash recovery, whose own paths have one verified',
    step: ({ event }) => (event as { intent?: string }).intent === 'verify',
  },
  {
    reason: 'a run that looks for another copy in the middle has none, and is taken up for that',
    step: ({ event, name, from }) => event.type === 'RESUMED' && from === 'replacingBackup' && name === 'RESUMED',
  },
  {
    reason: 'once a burst may be seen in storage, a run that has lost its backup is taken up to be verified instead',
    sequence: ({ name, from }, before) =>
      name === 'RESUMED replaceBackup' &&
      from !== 'replacingBackup' &&
      before.some((step) => step.from === 'restoringStorage'),
  },
  {
    reason: 'a burst that was being verified is there after its process has died; only a browser that dies loses it',
    step: ({ name, from }) => name === 'RESUMED replaceBackup' && from === 'verifyingData',
  },
  {
    reason: 'the database does not refuse for drift what was approved whatever the drift',
    step: ({ event }, { approved }) => event.type === 'DRIFTED' && approved.rows === 'any',
  },
  {
    reason: 'nothing is watched while a person is waited for; only what was seen before can arrive late',
    sequence: ({ event, from }, before) =>
      event.type === 'TRIGGERED' && from === 'deciding' && before.at(-1)?.from === 'deciding',
  },
  {
    reason: 'a waiting run is taken up by the answer to its question, which comes before that to its own notices',
    sequence: ({ event, from }, before) =>
      event.type === 'FAILED' && from === 'deciding' && before.at(-1)?.event.type === 'RESUMED',
  },
  {
    reason: 'notices that could not be delivered for good are not sent once more while the run waits',
    sequence: ({ event, from }, before) =>
      event.type === 'FAILED' &&
      from === 'deciding' &&
      before.at(-1)?.from === from &&
      before.at(-1)?.continues === true,
  },
];

const ofMigration: readonly Omit<Impossibility, 'chart'>[] = [
  {
    reason: 'a migration begins with what was surveyed before it; only one that is resumed surveys again',
    step: ({ event, from }, { recoveries }) => event.type === 'FAILED' && from === 'surveying' && recoveries === 0,
  },
  {
    reason: 'clearing the source asks nothing of the database, so it cannot fail for the loss of it',
    step: ({ name }) => name.startsWith('FAILED') && name.endsWith('database lost'),
  },
];

const ofEmergencyRecovery: readonly Omit<Impossibility, 'chart'>[] = [
  {
    reason: 'a question offers only what can be chosen: nothing is reconstructed twice, nor used before it is there',
    step: ({ name, from }) =>
      (from === 'askingForOlderBackup' && name === 'DECIDE useReconstruction') ||
      (from === 'askingForReconstruction' && name === 'DECIDE reconstruct'),
  },
  ...['askingForOlderBackup', 'askingForReconstruction'].flatMap((asking) => [
    {
      reason: 'a waiting run is taken up by the answer to its question, which comes before that to its own notices',
      sequence: ({ event, from }: PathStep, before: readonly PathStep[]) =>
        event.type === 'FAILED' && from === asking && before.at(-1)?.event.type === 'RESUMED',
    },
    {
      reason: 'notices that could not be delivered for good are not sent once more while the run waits',
      sequence: ({ event, from }: PathStep, before: readonly PathStep[]) =>
        event.type === 'FAILED' && from === asking && before.at(-1)?.from === from && before.at(-1)?.continues === true,
    },
  ]),
];

/** Everything that the charts allow and that no fault can bring about, each with the reason. */
export const impossibilities: readonly Impossibility[] = [
  ...always.flatMap((one) => [{ chart: 'rollback', ...one } as const, { chart: 'migration', ...one } as const]),
  ...ofRollback.map((one) => ({ chart: 'rollback', ...one }) as const),
  ...ofMigration.map((one) => ({ chart: 'migration', ...one }) as const),
  ...ofEmergencyRecovery.map((one) => ({ chart: 'emergencyRecovery', ...one }) as const),
  ...ofCrashRecovery.map((one) => ({ chart: 'crashRecovery', ...one }) as const),
];

/** Why a step cannot be taken in this context, whatever was before it; `null` when it can. */
export function obstacleToStep(
  chart: ChartPath['chart'],
  step: PathStep,
  context: AnyMachineSnapshot['context'],
): string | null {
  const found = impossibilities.find((one) => one.chart === chart && one.step?.(step, context));
  return found?.reason ?? null;
}

/** Why the steps of a path cannot follow each other; `null` when they can. */
export function obstacleToSequence({ chart, steps }: ChartPath): string | null {
  const rules = impossibilities.filter((one) => one.chart === chart && one.sequence !== undefined);
  for (const [index, step] of steps.entries()) {
    const found = rules.find(({ sequence }) => sequence?.(step, steps.slice(0, index)));
    if (found !== undefined) return found.reason;
  }
  return null;
}
