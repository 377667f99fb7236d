import { DatabaseError, StorageError } from '../../errors.ts';
import { nextCall } from './app-process.ts';
import { damage, dieSearching, dieWithoutBackup, failToSearch, searchInVain } from './backup-scenes.ts';
import { decide, type Script } from './common-scenes.ts';
import type { Scene } from './scene.ts';
import {
  anotherText,
  collectionKey,
  departure,
  nextStep,
  occupyLease,
  type Stage,
  stealLease,
  stepsAhead,
  variant,
  writeAsApp,
} from './stage.ts';

const answer = (prepare: (stage: Stage) => void | Promise<void>): Scene => ({ kind: 'answer', prepare });

async function addRow(stage: Stage): Promise<void> {
  stage.edits.rows.push(await stage.world.people.addRow());
}

const writeCollection = (stage: Stage): Promise<void> =>
  writeAsApp(stage, stage.outside.storage, collectionKey(stage), anotherText(stage));

/** People do something after the migration: in the database or, every other time, in storage. */
const drift = (stage: Stage): Promise<void> => (variant(stage, 2) === 0 ? addRow(stage) : writeCollection(stage));

/** Other keys of the app take up all the room. */
async function fillStorage(stage: Stage): Promise<void> {
  const { storage } = stage.outside;
  const room = await storage.room();
  if (room === null) throw new Error('A storage without limits cannot be filled.');
  await writeAsApp(stage, storage, 'ballast', 'x'.repeat(room.capacity - room.used - 'ballast'.length - 1));
}

/** Clear Database loses its answer: done if the path goes on with that, not done otherwise. */
function loseAnswer(stage: Stage): void {
  const ahead = stepsAhead(stage).find(({ event }) => ['CLEARED', 'NOT_CLEARED'].includes(event.type));
  const moment = ahead?.event.type === 'CLEARED' ? 'after' : 'before';
  const unknown = new DatabaseError('DATABASE_OUTCOME_UNKNOWN', 'Told to lose the answer.');
  stage.process.faulty.database.add(nextCall('clear', { throws: unknown }, moment));
}

/** The app writes a key of the burst right before the burst; where only the marker is left, it loses that. */
function displace(stage: Stage): void {
  const { storage } = stage.process.faulty;
  const replace = async (): Promise<void> => {
    const burst = storage.calls.at(-1)?.arguments[0] as readonly { readonly key: string }[];
    const [first] = burst;
    if (first === undefined) return;
    if (burst.length > 1) return writeAsApp(stage, stage.outside.storage, first.key, anotherText(stage));
    const current = (await stage.outside.storage.read([first.key])).get(first.key) ?? null;
    await stage.outside.storage.write([{ key: first.key, value: null, expect: [current] }], () => true);
  };
  storage.add({
    operation: 'write',
    moment: 'before',
    // Told of the call before it is made, with everything that it is going to write.
    behaviour: {
      get waitsFor() {
        return replace();
      },
    },
  });
}

/** A trigger that was seen before the question was put arrives after it. */
const triggerLate = (): Scene => ({ kind: 'act', moment: 'atOnce', act: ({ late }) => late.open() });

/** Storage lies until the run has gone on. */
function lie({ process }: Stage): void {
  process.storage.answers = 'lies';
}

/** The lease is lost before or after the rows were moved, as the path goes on. */
function loseOwnershipWhileClearing(stage: Stage): Scene {
  const ahead = stepsAhead(stage).find(({ event }) => ['CLEARED', 'NOT_CLEARED'].includes(event.type));
  const act = ({ world }: Stage): void => world.people.stealLock();
  if (ahead?.event.type === 'CLEARED') return { kind: 'act', act, moment: { port: 'database', operation: 'clear' } };
  return variant(stage, 2) === 0 ? answer(stealLease) : { kind: 'act', act, moment: 'atOnce' };
}

/** The identity of the user cannot be had, for good. */
const failIdentity = ({ process }: Stage): void =>
  process.failIdentity(new StorageError('STORAGE_DENIED', 'Told to fail.'));

/** How the steps of the rollback chart are brought about. */
export const rollbackScript: Script = {
  decide,
  mainCalls: {
    inspecting: { port: 'storage', operation: 'read' },
    deciding: { port: 'notify', operation: 'call' },
    locking: { port: 'database', operation: 'lease' },
    stopping: { port: 'operations', operation: 'stop', alsoAfter: 'alsoAfter' },
    loadingBackup: { port: 'storage', operation: 'room' },
    standingDown: { port: 'database', operation: 'release' },
    clearingDatabase: { port: 'database', operation: 'clear' },
    resolvingClear: { port: 'database', operation: 'lease' },
    invalidatingCache: { port: 'cache', operation: 'invalidate', alsoAfter: 'alsoAfter' },
    reclaiming: { port: 'database', operation: 'lease' },
    preparingRestore: { port: 'database', operation: 'record' },
    restoringStorage: { port: 'storage', operation: 'write', alsoAfter: 'alsoAfter' },
    verifyingData: { port: 'storage', operation: 'read' },
    cleaningState: { port: 'database', operation: 'release' },
    undoingRestore: { port: 'storage', operation: 'read' },
    undoingClear: { port: 'database', operation: 'undoClear' },
    releasing: { port: 'operations', operation: 'resume', alsoAfter: 'alsoAfter' },
    lockingDown: { port: 'operations', operation: 'stop', alsoAfter: 'alsoAfter' },
    announcing: { port: 'vault', operation: 'list', name: '/audit/' },
  },
  particular: {
    'INSPECTED undecided': () => answer(drift),
    'deciding TRIGGERED': triggerLate,
    'deciding FAILED permanent': () => answer(failIdentity),
    'deciding DECIDE as seen': (stage) => deciding(stage),
    'deciding DECIDE whatever comes': (stage) => deciding(stage),
    BUSY: () => answer(occupyLease),
    'LOADED undecided': () => answer(writeCollection),
    'LOADED without room': () => answer(fillStorage),
    BACKUP_UNUSABLE: (stage) => answer((on) => damage(on, nextStep(stage)?.from === 'inspecting' ? 'head' : 'content')),
    'recoveringBackup RESUMED': dieSearching,
    'replacingBackup RESUMED replaceBackup': dieSearching,
    NOT_RECOVERED: searchInVain,
    'recoveringBackup FAILED transient': () => failToSearch('transient'),
    'recoveringBackup FAILED permanent': () => failToSearch('permanent'),
    'replacingBackup FAILED transient': () => failToSearch('transient'),
    'replacingBackup FAILED permanent': () => failToSearch('permanent'),
    'RESUMED replaceBackup': dieWithoutBackup,
    DRIFTED: () => answer(addRow),
    OUTCOME_UNKNOWN: () => answer(loseAnswer),
    DISPLACED: () => answer(displace),
    MISMATCHED: () => answer(lie),
    'clearingDatabase OWNERSHIP_LOST': loseOwnershipWhileClearing,
  },
};

function deciding(stage: Stage): Scene {
  const step = departure(stage);
  if (step === undefined) throw new Error('There is nothing to decide.');
  return { kind: 'act', moment: 'atOnce', act: (on) => decide(on, step) };
}
