import type { AnyMachineSnapshot } from 'xstate';
import type { PathStep } from './chart-path.ts';

/** States that only look: nothing of them is recorded. */
const LOOKING: ReadonlySet<string> = new Set(['finding', 'probing', 'resuming', 'settling', 'payingDebts']);

/** What a crash recovery's chart allows and no fault can bring about (see `Impossibility`). */
export interface CrashRecoveryImpossibility {
  readonly reason: string;
  readonly step?: (step: PathStep, context: AnyMachineSnapshot['context']) => boolean;
  readonly sequence?: (step: PathStep, before: readonly PathStep[]) => boolean;
}

const lastOf = (before: readonly PathStep[]): PathStep | undefined => before.at(-1);

/** Everything that the chart of the crash recovery allows and that no fault can bring about, each with the reason. */
export const ofCrashRecovery: readonly CrashRecoveryImpossibility[] = [
  {
    reason: 'a recovery that only looked has left no record to be resumed from; the next start looks anew',
    step: ({ event, from }) => event.type === 'RESUMED' && LOOKING.has(from),
  },
  {
    reason: 'a recovery in safe mode has ended; recover() leaves it alone until it is unlocked',
    step: ({ event, from }) => event.type === 'RESUMED' && from === 'safeMode',
  },
  {
    reason: 'a run that cannot go on has made its own retries; the next start takes it up',
    step: ({ name, from }) => name === 'FAILED transient' && from === 'resuming',
  },
  {
    reason: 'a run that is withdrawn takes nothing back',
    step: ({ name, from }, { intent }) =>
      name === 'RUN_ENDED rolledBack' && from === 'goingOn' && intent === 'withdraw',
  },
  {
    reason: 'a waiting recovery is taken up by the answer to its question, which comes before that to its own notices',
    sequence: ({ event, from }, before) =>
      event.type === 'FAILED' && from === 'asking' && lastOf(before)?.event.type === 'RESUMED',
  },
  {
    reason: 'notices that could not be delivered for good are not sent once more while a person is waited for',
    sequence: ({ event, from }, before) =>
      event.type === 'FAILED' &&
      from === 'asking' &&
      lastOf(before)?.from === from &&
      lastOf(before)?.continues === true,
  },
];
