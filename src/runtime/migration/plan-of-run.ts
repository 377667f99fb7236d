import { BackpedalError } from '../../errors.ts';
import { migrationMachine } from '../../machines/migration/machine.ts';
import {
  MIGRATION_VERSION,
  type MigrationCommand,
  type MigrationContext,
  type MigrationEvent,
  type MigrationInput,
} from '../../machines/migration/types.ts';
import * as common from '../common-commands.ts';
import type { Plan, Work } from '../execution/types.ts';
import * as copy from './copy.ts';
import * as finish from './finish.ts';
import type { MigrationMemory } from './memory.ts';
import * as prepare from './prepare.ts';

type Hand = (context: MigrationContext, work: Work, memory: MigrationMemory) => Promise<MigrationEvent>;

/** Every command of the chart with the hand that carries it out. */
const hands: Readonly<Record<MigrationCommand, Hand>> = {
  surveySource: prepare.surveySource,
  acquireLease: prepare.acquireLease,
  stopOperations: common.stopOperations,
  createBackup: prepare.backUp,
  copyBatch: copy.copyBatch,
  verifyCopy: copy.verifyCopy,
  takeDigests: copy.takeDigests,
  clearSource: finish.clearSource,
  closeMigration: finish.closeMigration,
  runRollback: async (context, _work, memory) => ({
    type: 'ROLLBACK_ENDED',
    outcome: await memory.rollBack(context.reason ?? 'USER_CANCELLED'),
  }),
  restoreSource: finish.restoreSource,
  discardCopy: finish.discardCopy,
  release: common.release,
  lockDown: common.lockDown,
  announce: finish.announce,
};

/** The share of each command in the whole, in rough units of work on rows and bytes as measured by the bench. */
const weights: Readonly<Partial<Record<MigrationCommand, number>>> = {
  surveySource: 10,
  acquireLease: 1,
  stopOperations: 1,
  createBackup: 15,
  copyBatch: 50,
  verifyCopy: 15,
  takeDigests: 5,
  clearSource: 2,
  closeMigration: 1,
  announce: 1,
};

/** The migration as it is executed. */
export function migrationPlan(memory: MigrationMemory): Plan<MigrationContext, MigrationEvent, MigrationInput> {
  return {
    id: 'migration',
    version: MIGRATION_VERSION,
    machine: migrationMachine,
    unlimited: ['runRollback'],
    weights: weights as Readonly<Record<string, number>>,
    carryOut: (command, context, work) => {
      const hand = hands[command as MigrationCommand];
      if (hand === undefined) throw new BackpedalError('INTERNAL', `Nobody can carry out ${command}.`);
      return hand(context, work, memory);
    },
  };
}
