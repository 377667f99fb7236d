import { setup } from 'xstate';
import { again, type Chart, type StateMeta } from '../chart.ts';
import { rollbackActions } from './actions.ts';
import { initialContext } from './context.ts';
import * as guards from './guards.ts';
import { rollbackMeta as meta } from './meta.ts';
import type { RollbackCommand, RollbackContext, RollbackEvent, RollbackInput } from './types.ts';
import { ends, letGo, lockAgain, lockDown, reclaim, run, undo, undoClear, undoRestore, withdraw } from './ways.ts';

/**
 * The rollback: takes the rows out of the database and puts the users' data back where it came from, in the order
 * Load Backup, Clear Database, Restore LocalStorage, Verify Data, Clean State. Ends in `rolledBack`, `unchanged` or
 * `safeMode` and nowhere else (rule RB1).
 */
export const rollbackMachine: Chart<RollbackContext, RollbackEvent, RollbackInput> = setup({
  types: {} as { context: RollbackContext; events: RollbackEvent; input: RollbackInput; meta: StateMeta },
  actions: { run: (_, _params: { command: RollbackCommand }) => {}, ...rollbackActions },
  guards: { ...guards },
}).createMachine({
  id: 'rollback',
  context: ({ input }) => initialContext(input),
  initial: 'preparing',
  on: { RESUMED: { actions: 'noteResumed' } },
  states: {
    preparing: {
      initial: 'inspecting',
      on: {
        CANCEL: letGo,
        TRIGGERED: letGo,
        RESUMED: { ...letGo, guard: 'withdraws', actions: ['noteResumed', ...letGo.actions] },
      },
      states: {
        inspecting: {
          meta: meta.inspecting,
          entry: run('inspect'),
          on: {
            INSPECTED: [
              { target: 'deciding', guard: 'needsDecision', actions: ['noteDrift', 'askPerson'] },
              { target: 'locking', actions: 'noteDrift' },
            ],
            BACKUP_UNUSABLE: { target: 'recoveringBackup', actions: 'warn' },
            FAILED: [again('inspecting'), letGo],
          },
        },
        deciding: {
          meta: meta.deciding,
          entry: run('ask'),
          on: {
            DECIDE: { target: 'locking', guard: 'answersWhatWasAsked', actions: 'noteDecision' },
            FAILED: [again('deciding'), { actions: 'warn' }],
          },
        },
        locking: {
          meta: meta.locking,
          entry: run('acquireLease'),
          on: {
            LEASED: { target: 'stopping', actions: 'noteLease' },
            BUSY: letGo,
            FAILED: [again('locking'), letGo],
          },
        },
        stopping: {
          meta: meta.stopping,
          entry: run('stopOperations'),
          on: {
            STOPPED: { target: 'loadingBackup', actions: 'startAfresh' },
            OWNERSHIP_LOST: lockAgain,
            FAILED: [again('stopping'), letGo],
          },
        },
        loadingBackup: {
          meta: meta.loadingBackup,
          entry: run('loadBackup'),
          on: {
            LOADED: [
              { ...letGo, guard: 'lacksRoom' },
              { target: 'standingDown', guard: 'storageDriftUndecided', actions: 'startAfresh' },
              { target: '#rollback.executing', actions: 'noteBackup' },
            ],
            BACKUP_UNUSABLE: { target: 'recoveringBackup', actions: 'warn' },
            OWNERSHIP_LOST: lockAgain,
            FAILED: [again('loadingBackup'), letGo],
          },
        },
        standingDown: {
          meta: meta.standingDown,
          entry: run('standDown'),
          on: {
            STOOD_DOWN: { target: 'deciding', actions: ['noteNewDrift', 'askPerson'] },
            FAILED: [again('standingDown'), letGo],
          },
        },
        recoveringBackup: {
          meta: meta.recoveringBackup,
          entry: run('recoverBackup'),
          on: {
            BACKUP_RECOVERED: { target: 'inspecting', actions: 'noteRecoveredBackup' },
            NOT_RECOVERED: { ...letGo, actions: [...letGo.actions, 'escalate'] },
            FAILED: [again('recoveringBackup'), { ...letGo, actions: [...letGo.actions, 'escalate'] }],
            // The search is a run of its own, which is what is cancelled and what has limits of time.
            CANCEL: {},
            TRIGGERED: {},
          },
        },
      },
    },
    executing: {
      initial: 'clearingDatabase',
      on: {
        CANCEL: undo,
        TRIGGERED: { actions: 'warn' },
        RESUMED: [
          ...withdraw,
          { target: '#rollback.verifying', guard: 'onlyVerifies', actions: ['noteResumed', 'startAfresh'] },
          { target: '.replacingBackup', guard: 'needsAnotherBackup', actions: ['noteResumed', 'startAfresh'] },
        ],
      },
      states: {
        clearingDatabase: {
          meta: meta.clearingDatabase,
          entry: run('clearDatabase'),
          on: {
            RESUMED: [...withdraw, { actions: ['noteResumed', 'doubtClear'] }],
            CLEARED: { target: 'invalidatingCache', actions: 'noteCleared' },
            DRIFTED: { target: '#rollback.preparing.standingDown', actions: ['startAfresh', 'noteNotCleared'] },
            OUTCOME_UNKNOWN: { target: 'resolvingClear', actions: 'countAttempt' },
            // An earlier attempt may have been committed, so it is looked up before anything else.
            OWNERSHIP_LOST: [{ target: 'resolvingClear', guard: 'canReclaim', actions: 'countReclaim' }, undoClear],
            FAILED: [
              again('clearingDatabase'),
              { target: 'resolvingClear', guard: 'mayHaveCleared', actions: 'startAfresh' },
              letGo,
            ],
          },
        },
        resolvingClear: {
          meta: meta.resolvingClear,
          entry: run('resolveClear'),
          on: {
            // Whether the rows were moved has to be known before anything else.
            RESUMED: [...withdraw, { actions: 'noteResumed' }],
            CLEARED: { target: 'invalidatingCache', actions: 'noteCleared' },
            NOT_CLEARED: [
              {
                target: 'clearingDatabase',
                guard: 'canReclaim',
                actions: ['countReclaim', 'noteLease', 'noteNotCleared'],
              },
              { ...letGo, actions: [...letGo.actions, 'noteNotCleared'] },
            ],
            FAILED: [again('resolvingClear'), lockDown],
          },
        },
        invalidatingCache: {
          meta: meta.invalidatingCache,
          entry: run('invalidateCache'),
          on: {
            INVALIDATED: { target: 'preparingRestore', actions: 'startAfresh' },
            FAILED: [again('invalidatingCache'), { target: 'preparingRestore', actions: 'warn' }],
          },
        },
        reclaiming: {
          meta: meta.reclaiming,
          entry: run('reclaimLease'),
          on: {
            LEASED: { target: 'preparingRestore', actions: 'noteLease' },
            FAILED: [again('reclaiming'), lockDown],
          },
        },
        replacingBackup: {
          meta: meta.replacingBackup,
          entry: run('recoverBackup'),
          on: {
            BACKUP_RECOVERED: { target: 'preparingRestore', actions: 'noteRecoveredBackup' },
            NOT_RECOVERED: undo,
            FAILED: [again('replacingBackup'), ...undo],
            CANCEL: {},
            TRIGGERED: {},
          },
        },
        preparingRestore: {
          meta: meta.preparingRestore,
          entry: run('prepareRestore'),
          on: {
            PREPARED: { target: 'restoringStorage', actions: 'noteTargets' },
            OWNERSHIP_LOST: reclaim,
            FAILED: [again('preparingRestore'), ...undo],
          },
        },
        restoringStorage: {
          meta: meta.restoringStorage,
          entry: run('restoreStorage'),
          on: {
            RESTORED: { target: '#rollback.verifying', actions: 'noteWritten' },
            DISPLACED: [{ target: 'preparingRestore', guard: 'canPrepareAgain', actions: 'countAttempt' }, undoRestore],
            OWNERSHIP_LOST: reclaim,
            FAILED: [again('restoringStorage'), undoRestore],
          },
        },
      },
    },
    verifying: {
      initial: 'verifyingData',
      states: {
        verifyingData: {
          meta: meta.verifyingData,
          entry: run('verifyData'),
          on: {
            RESUMED: [
              ...withdraw,
              {
                target: '#rollback.executing.replacingBackup',
                guard: 'needsAnotherBackup',
                actions: ['noteResumed', 'startAfresh'],
              },
            ],
            VERIFIED: { target: 'cleaningState', actions: ['noteVerified', 'endRolledBack'] },
            // Only until here: once verified, restoring again could overwrite what the app has written since.
            OWNERSHIP_LOST: reclaim,
            MISMATCHED: [
              { target: '#rollback.executing.preparingRestore', guard: 'canPrepareAgain', actions: 'countAttempt' },
              undoRestore,
            ],
            FAILED: [again('verifyingData'), undoRestore],
          },
        },
        cleaningState: {
          meta: meta.cleaningState,
          entry: run('cleanState'),
          on: {
            CLEANED: { target: '#rollback.finishing.announcing', actions: 'noteCleaned' },
            FAILED: [
              again('cleaningState'),
              { target: '#rollback.finishing.announcing', actions: ['warn', 'oweClosing'] },
            ],
          },
        },
      },
    },
    compensating: {
      initial: 'undoingRestore',
      states: {
        undoingRestore: {
          meta: meta.undoingRestore,
          entry: run('undoRestore'),
          on: {
            UNDONE: { target: 'undoingClear', actions: 'startAfresh' },
            FAILED: [again('undoingRestore'), lockDown],
          },
        },
        undoingClear: {
          meta: meta.undoingClear,
          entry: run('undoClear'),
          on: {
            UNDONE: { target: '#rollback.finishing.releasing', actions: ['noteLease', 'noteUndone', 'endUnchanged'] },
            FAILED: [again('undoingClear'), lockDown],
          },
        },
      },
    },
    finishing: {
      initial: 'announcing',
      states: {
        releasing: {
          meta: meta.releasing,
          entry: run('release'),
          on: {
            RELEASED: { target: 'announcing', actions: 'startAfresh' },
            FAILED: [again('releasing'), { target: 'announcing', actions: ['warn', 'oweClosing'] }],
          },
        },
        lockingDown: {
          meta: meta.lockingDown,
          entry: run('lockDown'),
          on: {
            LOCKED_DOWN: { target: 'announcing', actions: 'startAfresh' },
            FAILED: [again('lockingDown'), { target: 'announcing', actions: 'warn' }],
          },
        },
        announcing: {
          meta: meta.announcing,
          entry: run('announce'),
          on: {
            ANNOUNCED: ends([]),
            FAILED: [again('announcing'), ...ends(['warn', 'oweAnnouncing'])],
          },
        },
      },
    },
    rolledBack: { type: 'final', meta: meta.rolledBack },
    unchanged: { type: 'final', meta: meta.unchanged },
    safeMode: { meta: meta.safeMode, on: { UNLOCK: 'unlocked' } },
    unlocked: { type: 'final', meta: meta.unlocked },
  },
});
