import { setup } from 'xstate';
import { again, type Chart, type StateMeta } from '../chart.ts';
import { migrationActions } from './actions.ts';
import { initialContext } from './context.ts';
import * as guards from './guards.ts';
import { migrationMeta as meta } from './meta.ts';
import type { MigrationCommand, MigrationContext, MigrationEvent, MigrationInput } from './types.ts';

/** Has the runtime carry out a command once the record that announces it is durable. */
const run = (command: MigrationCommand) => ({ type: 'run', params: { command } }) as const;

const letGo = { target: '#migration.finishing.releasing', actions: ['noteFailure', 'endUnchanged'] } as const;
const discard = { target: '#migration.undoing.discardingCopy', actions: 'noteFailure' } as const;
const rollBack = { target: '#migration.undoing.rollingBack', actions: 'noteFailure' } as const;
const putBack = { target: '#migration.undoing.puttingSourceBack', actions: 'noteFailure' } as const;
const withdraw = { ...discard, guard: 'withdraws', actions: ['noteResumed', 'noteFailure'] } as const;
const lockDown = { target: '#migration.finishing.lockingDown', actions: ['noteFailure', 'endInSafeMode'] } as const;

/**
 * The migration: back up, copy in batches, verify, take digests, clear the source or keep it. While it works, any
 * trigger undoes it: straight to `unchanged` while the source is whole, by a rollback afterwards (rule MI1).
 */
export const migrationMachine: Chart<MigrationContext, MigrationEvent, MigrationInput> = setup({
  types: {} as { context: MigrationContext; events: MigrationEvent; input: MigrationInput; meta: StateMeta },
  actions: { run: (_, _params: { command: MigrationCommand }) => {}, ...migrationActions },
  guards: { ...guards },
}).createMachine({
  id: 'migration',
  context: ({ input }) => initialContext(input),
  initial: 'preparing',
  on: { RESUMED: { actions: 'noteResumed' } },
  states: {
    preparing: {
      initial: 'surveying',
      on: {
        CANCEL: letGo,
        TRIGGERED: letGo,
        RESUMED: { ...letGo, guard: 'withdraws', actions: ['noteResumed', ...letGo.actions] },
      },
      states: {
        surveying: {
          meta: meta.surveying,
          entry: run('surveySource'),
          on: { SURVEYED: { target: 'locking', actions: 'noteSurvey' }, FAILED: [again('surveying'), letGo] },
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
            STOPPED: { target: 'backingUp', actions: 'startAfresh' },
            OWNERSHIP_LOST: letGo,
            FAILED: [again('stopping'), letGo],
          },
        },
        backingUp: {
          meta: meta.backingUp,
          entry: run('createBackup'),
          on: {
            BACKED_UP: { target: '#migration.copying', actions: 'noteBackup' },
            OWNERSHIP_LOST: letGo,
            FAILED: [again('backingUp'), letGo],
          },
        },
      },
    },
    copying: {
      initial: 'copyingBatch',
      on: { CANCEL: discard, TRIGGERED: discard, OWNERSHIP_LOST: discard, RESUMED: withdraw },
      states: {
        copyingBatch: {
          meta: meta.copyingBatch,
          entry: run('copyBatch'),
          on: {
            BATCH_COPIED: [
              {
                target: '#migration.undoing.discardingCopy',
                guard: 'tooManyFailures',
                actions: ['noteBatch', 'noteFailure'],
              },
              { target: 'copyingBatch', guard: 'hasMore', reenter: true, actions: 'noteBatch' },
              { target: 'verifyingCopy', actions: 'noteBatch' },
            ],
            FAILED: [again('copyingBatch'), discard],
          },
        },
        verifyingCopy: {
          meta: meta.verifyingCopy,
          entry: run('verifyCopy'),
          on: {
            COPY_VERIFIED: { target: 'takingDigests', actions: 'startAfresh' },
            COPY_DIFFERS: discard,
            FAILED: [again('verifyingCopy'), discard],
          },
        },
        takingDigests: {
          meta: meta.takingDigests,
          entry: run('takeDigests'),
          on: {
            DIGESTED: { target: '#migration.clearingSource', actions: 'noteDigest' },
            FAILED: [again('takingDigests'), discard],
          },
        },
      },
    },
    clearingSource: {
      meta: meta.clearingSource,
      entry: run('clearSource'),
      on: {
        SOURCE_CLEARED: { target: 'finishing.closing', actions: ['noteRemoved', 'endMigrated'] },
        OWNERSHIP_LOST: rollBack,
        CANCEL: rollBack,
        TRIGGERED: [{ ...putBack, guard: 'databaseLost' }, rollBack],
        FAILED: [again('clearingSource'), { ...putBack, guard: 'databaseLost' }, rollBack],
      },
    },
    undoing: {
      initial: 'discardingCopy',
      on: { RESUMED: withdraw },
      states: {
        rollingBack: {
          meta: meta.rollingBack,
          entry: run('runRollback'),
          on: {
            ROLLBACK_ENDED: [
              { target: '#migration.finishing.releasing', guard: 'tookBack', actions: 'endRolledBack' },
              { target: 'puttingSourceBack', guard: 'tookNothing', actions: 'startAfresh' },
              lockDown,
            ],
            FAILED: [again('rollingBack'), { target: 'puttingSourceBack', actions: 'warn' }],
          },
        },
        puttingSourceBack: {
          meta: meta.puttingSourceBack,
          entry: run('restoreSource'),
          on: {
            SOURCE_RESTORED: { target: 'discardingCopy', actions: 'noteRestored' },
            FAILED: [again('puttingSourceBack'), lockDown],
          },
        },
        discardingCopy: {
          meta: meta.discardingCopy,
          entry: run('discardCopy'),
          on: {
            DISCARDED: { target: '#migration.finishing.releasing', actions: ['noteLease', 'endUnchanged'] },
            FAILED: [
              again('discardingCopy'),
              { target: '#migration.finishing.releasing', actions: ['warn', 'oweDiscarding', 'endUnchanged'] },
            ],
          },
        },
      },
    },
    finishing: {
      initial: 'announcing',
      states: {
        closing: {
          meta: meta.closing,
          entry: run('closeMigration'),
          on: {
            CLOSED: { target: 'announcing', actions: 'startAfresh' },
            FAILED: [again('closing'), { target: 'announcing', actions: ['warn', 'oweClosing'] }],
          },
        },
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
            ANNOUNCED: [
              { target: '#migration.migrated', guard: 'endsMigrated' },
              { target: '#migration.unchanged', guard: 'endsUnchanged' },
              { target: '#migration.rolledBack', guard: 'endsRolledBack' },
              { target: '#migration.safeMode' },
            ],
            FAILED: [
              again('announcing'),
              { target: '#migration.migrated', guard: 'endsMigrated', actions: ['warn', 'oweAnnouncing'] },
              { target: '#migration.unchanged', guard: 'endsUnchanged', actions: ['warn', 'oweAnnouncing'] },
              { target: '#migration.rolledBack', guard: 'endsRolledBack', actions: ['warn', 'oweAnnouncing'] },
              { target: '#migration.safeMode', actions: ['warn', 'oweAnnouncing'] },
            ],
          },
        },
      },
    },
    migrated: { type: 'final', meta: meta.migrated },
    unchanged: { type: 'final', meta: meta.unchanged },
    rolledBack: { type: 'final', meta: meta.rolledBack },
    safeMode: { meta: meta.safeMode, on: { UNLOCK: 'unlocked' } },
    unlocked: { type: 'final', meta: meta.unlocked },
  },
});
