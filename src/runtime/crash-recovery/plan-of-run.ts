import { BackpedalError } from '../../errors.ts';
import { crashRecoveryMachine } from '../../machines/crash-recovery/machine.ts';
import {
  CRASH_RECOVERY_VERSION,
  type CrashRecoveryCommand,
  type CrashRecoveryContext,
  type CrashRecoveryEvent,
  type CrashRecoveryInput,
} from '../../machines/crash-recovery/types.ts';
import * as common from '../common-commands.ts';
import type { Plan, Work } from '../execution/types.ts';
import { adoptMigration } from './adopt-migration.ts';
import { completeRollback } from './complete-rollback.ts';
import { discardCopy } from './discard-copy.ts';
import type { CrashMemory } from './memory.ts';
import * as people from './people.ts';
import { restoreAgain } from './restore-again.ts';
import { resumeAsDecided, retryRollback } from './runs-within.ts';

type Hand = (context: CrashRecoveryContext, work: Work, memory: CrashMemory) => Promise<CrashRecoveryEvent | null>;

/** The commands of the states that only look; they are carried out before anything is recorded. */
export type LookingCommand = Extract<CrashRecoveryCommand, 'findOpenRun' | 'probe' | 'checkSettling' | 'payDebts'>;

/** Every command of the chart's recorded states with the hand that carries it out. */
const hands: Readonly<Record<Exclude<CrashRecoveryCommand, LookingCommand>, Hand>> = {
  resumeRun: resumeAsDecided,
  ask: people.ask,
  restoreAgain,
  adoptMigration,
  completeRollback,
  retryRollback,
  discardCopy,
  lockDown: common.lockDown,
  announce: people.end,
};

/** The crash recovery as it is executed once it has something to record. */
export function crashRecoveryPlan(
  memory: CrashMemory,
): Plan<CrashRecoveryContext, CrashRecoveryEvent, CrashRecoveryInput> {
  return {
    id: 'crashRecovery',
    version: CRASH_RECOVERY_VERSION,
    machine: crashRecoveryMachine,
    unlimited: ['resumeRun', 'retryRollback'],
    weights: {
      restoreAgain: 80,
      completeRollback: 80,
      adoptMigration: 10,
      discardCopy: 80,
      retryRollback: 80,
      announce: 2,
    },
    carryOut: (command, context, work) => {
      const hand = hands[command as keyof typeof hands];
      if (hand === undefined) throw new BackpedalError('INTERNAL', `Nobody can carry out ${command}.`);
      return hand(context, work, memory);
    },
  };
}
