import { VaultError } from '../../errors.ts';
import type { Script } from './common-scenes.ts';
import { acting, loseDatabase, type Scene } from './scene.ts';
import { departure, failNext, occupyLease, type Stage, variant } from './stage.ts';

const answer = (prepare: (stage: Stage) => void | Promise<void>): Scene => ({ kind: 'answer', prepare });

/** The journal is asked four times before it counts as unreadable for now. */
const TRIES = 4;

/** What the journal says of an inner rollback cannot be found out, so that none can begin or go on. */
const failHistory = (persistence: 'transient' | 'permanent'): Scene =>
  answer(({ process }) => {
    const error = new VaultError('VAULT_UNAVAILABLE', 'Told to fail.', { persistence });
    for (let tried = 1; tried <= TRIES; tried++) {
      process.faulty.vault.add({
        operation: 'list',
        when: ({ arguments: [name] }) => String(name).includes('/journal'),
        at: tried,
        moment: 'before',
        behaviour: { throws: error },
      });
    }
  });

/** The inner rollback can go neither forwards nor backwards. */
function failInnerForGood(stage: Stage): void {
  failNext(stage, 'database', 'record', 'permanent');
  failNext(stage, 'database', 'undoClear', 'permanent');
}

/** How the steps of the migration chart are brought about. */
export const migrationScript: Script = {
  decide: () => Promise.reject(new Error('A migration asks nobody.')),
  mainCalls: {
    surveying: { port: 'database', operation: 'tables' },
    locking: { port: 'database', operation: 'lease' },
    stopping: { port: 'operations', operation: 'stop', alsoAfter: 'alsoAfter' },
    backingUp: { port: 'vault', operation: 'list', name: '/backups/' },
    copyingBatch: { port: 'database', operation: 'copy' },
    verifyingCopy: { port: 'database', operation: 'compare' },
    takingDigests: { port: 'database', operation: 'digest' },
    clearingSource: { port: 'storage', operation: 'write', alsoAfter: 'alsoAfter' },
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
    'rollingBack FAILED transient': () => failHistory('transient'),
    'rollingBack FAILED permanent': () => failHistory('permanent'),
    'rollingBack RESUMED': (stage) => ({
      kind: 'crash',
      moment: departure(stage)?.name === 'ROLLBACK_ENDED rolledBack' && variant(stage, 2) === 0 ? 'atRecord' : 'atOnce',
    }),
  },
};
