import { VaultError } from '../../errors.ts';
import type { Script } from './common-scenes.ts';
import { acting, loseDatabase, type MainCall, type Scene } from './scene.ts';
import { departure, failNext, occupyLease, type Stage, variant } from './stage.ts';

const answer = (prepare: (stage: Stage) => void | Promise<void>): Scene => ({ kind: 'answer', prepare });

/** A record is tried four times before the run that it belongs to is given up. */
const TRIES = 4;

/**
 * The vault refuses records of the inner rollback: its first, or a later one where the path leads on with whatever
 * the inner run has done by then.
 */
function failInnerRecords(persistence: 'transient' | 'permanent'): (stage: Stage) => Scene {
  return (stage) => {
    const leaving = departure(stage)?.name;
    const isFirst = stage.path.steps[stage.taken - 1]?.from !== 'rollingBack';
    const isFree = isFirst && (leaving === 'ROLLBACK_ENDED rolledBack' || leaving === 'FAILED permanent');
    const first = isFree ? variant(stage, 4) * 3 : 0;
    const error = new VaultError('VAULT_UNAVAILABLE', 'Told to fail.', { persistence });
    return answer(({ process }) => {
      for (let tried = 1; tried <= TRIES; tried++) {
        process.faulty.vault.add({
          operation: 'putIfAbsent',
          when: ({ arguments: [name] }) => String(name).includes('/journal/'),
          at: first + tried,
          moment: 'before',
          behaviour: { throws: error },
        });
      }
    });
  };
}

/** The inner rollback can go neither forwards nor backwards. */
function failInnerForGood(stage: Stage): void {
  failNext(stage, 'database', 'record', 'permanent');
  failNext(stage, 'database', 'undoClear', 'permanent');
}

const rollingBack: MainCall = { port: 'vault', operation: 'putIfAbsent', name: '/journal/' };

/** How the steps of the migration chart are brought about. */
export const migrationScript: Script = {
  mainCalls: {
    surveying: { port: 'database', operation: 'tables' },
    locking: { port: 'database', operation: 'lease' },
    stopping: { port: 'operations', operation: 'stop', alsoAfter: 'alsoAfter' },
    backingUp: { port: 'vault', operation: 'list', name: '/backups/' },
    copyingBatch: { port: 'database', operation: 'copy' },
    verifyingCopy: { port: 'database', operation: 'compare' },
    takingDigests: { port: 'database', operation: 'digest' },
    clearingSource: { port: 'storage', operation: 'write', alsoAfter: 'alsoAfter' },
    rollingBack,
    puttingSourceBack: { port: 'storage', operation: 'read' },
    discardingCopy: { port: 'database', operation: 'clear' },
    closing: { port: 'database', operation: 'release' },
    releasing: { port: 'operations', operation: 'resume', alsoAfter: 'alsoAfter' },
    lockingDown: { port: 'operations', operation: 'stop', alsoAfter: 'alsoAfter' },
    announcing: { port: 'vault', operation: 'list', name: '/audit/' },
  },
  particular: {
    // What was surveyed before the run is used without asking any port.
    'surveying CANCEL': (stage) => acting(undefined, stage, ({ process }) => process.client.cancel()),
    BUSY: () => answer(occupyLease),
    'BATCH_COPIED, too many failed': () =>
      answer(({ items }) => {
        items.accepted = false;
      }),
    COPY_DIFFERS: () => answer(({ world }) => world.people.changeRow()),
    'TRIGGERED, database lost': () => ({ kind: 'act', moment: 'atOnce', act: loseDatabase }),
    'ROLLBACK_ENDED unchanged': () => answer((stage) => failNext(stage, 'storage', 'read', 'permanent')),
    'ROLLBACK_ENDED safeMode': () => answer(failInnerForGood),
    'rollingBack FAILED transient': failInnerRecords('transient'),
    'rollingBack FAILED permanent': failInnerRecords('permanent'),
    'rollingBack RESUMED': (stage) => ({
      kind: 'crash',
      moment: departure(stage)?.name === 'ROLLBACK_ENDED rolledBack' && variant(stage, 2) === 0 ? 'atRecord' : 'atOnce',
    }),
  },
};
