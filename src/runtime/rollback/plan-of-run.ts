import { BackpedalError } from '../../errors.ts';
import { rollbackMachine } from '../../machines/rollback/machine.ts';
import {
  ROLLBACK_VERSION,
  type RollbackCommand,
  type RollbackContext,
  type RollbackEvent,
  type RollbackInput,
} from '../../machines/rollback/types.ts';
import * as common from '../common-commands.ts';
import type { Plan, Work } from '../execution/types.ts';
import * as clear from './clear.ts';
import * as finish from './finish.ts';
import type { RollbackMemory } from './memory.ts';
import * as prepare from './prepare.ts';
import { recoverBackup } from './recover-backup.ts';
import * as restore from './restore.ts';
import { undoRestore } from './undo.ts';
import { undoClear } from './undo-clear.ts';

type Hand = (context: RollbackContext, work: Work, memory: RollbackMemory) => Promise<RollbackEvent | null>;

/** Every command of the chart with the hand that carries it out. */
const hands: Readonly<Record<RollbackCommand, Hand>> = {
  inspect: prepare.inspect,
  ask: prepare.ask,
  acquireLease: prepare.acquireLease,
  stopOperations: common.stopOperations,
  loadBackup: prepare.loadVerified,
  standDown: prepare.standDown,
  recoverBackup,
  clearDatabase: clear.clearDatabase,
  resolveClear: clear.resolveClear,
  reclaimLease: clear.reclaimLease,
  invalidateCache: clear.invalidateCache,
  prepareRestore: restore.prepareRestore,
  restoreStorage: restore.restoreStorage,
  verifyData: restore.verifyData,
  undoRestore,
  undoClear,
  cleanState: finish.cleanState,
  release: finish.release,
  lockDown: common.lockDown,
  announce: finish.announce,
};

/** The share of each command in the whole, in rough units of work on rows and bytes as measured by the bench. */
const weights: Readonly<Partial<Record<RollbackCommand, number>>> = {
  inspect: 20,
  acquireLease: 1,
  stopOperations: 1,
  loadBackup: 15,
  clearDatabase: 40,
  invalidateCache: 2,
  prepareRestore: 10,
  restoreStorage: 10,
  verifyData: 10,
  cleanState: 1,
  announce: 2,
};

/** The rollback as it is executed. */
export function rollbackPlan(memory: RollbackMemory): Plan<RollbackContext, RollbackEvent, RollbackInput> {
  return {
    id: 'rollback',
    version: ROLLBACK_VERSION,
    machine: rollbackMachine,
    unlimited: ['recoverBackup'],
    weights: weights as Readonly<Record<string, number>>,
    carryOut: (command, context, work) => {
      const hand = hands[command as RollbackCommand];
      if (hand === undefined) throw new BackpedalError('INTERNAL', `Nobody can carry out ${command}.`);
      return hand(context, work, memory);
    },
  };
}
