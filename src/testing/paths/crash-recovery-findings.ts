import type { AppProcess } from './app-process.ts';
import type { ChartPath, PathStep } from './chart-path.ts';
import { witness } from './check-invariants.ts';
import {
  dieIn,
  dieWaiting,
  doneBy,
  emptyStorage,
  imageOf,
  type Place,
  setBack,
  writeAsApp,
} from './crash-recovery-place.ts';
import { failNext } from './stage.ts';

const DAY = 86_400_000;

/** The step with which a path leaves a state for good. */
export const leaving = ({ steps }: ChartPath, state: string): PathStep | undefined =>
  steps.find(({ from, to }) => from === state && to !== state);

/** A choice among several ways to bring the same finding about, the same one in every run of a path. */
const oneOf = <T>({ steps }: ChartPath, ways: readonly [T, ...T[]]): T => ways[steps.length % ways.length] ?? ways[0];

const rollBack = ({ client }: AppProcess): Promise<unknown> =>
  client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });

/** A rollback that neither gets on nor can undo what it has done. */
function rollBackIntoSafeMode(process: AppProcess): Promise<unknown> {
  failNext({ process }, 'database', 'record', 'permanent');
  failNext({ process }, 'database', 'undoClear', 'permanent');
  return rollBack(process);
}

/** A rollback that gives up before it has changed anything. */
function rollBackInVain(process: AppProcess): Promise<unknown> {
  failNext({ process }, 'operations', 'stop', 'permanent');
  return rollBack(process);
}

/** A migration, so that there is something to recover; what an undone rollback leads back to is as it is now. */
export async function migrate(place: Place): Promise<void> {
  await doneBy(place, ({ client }) => client.migrate());
  place.before = await witness(place.world);
}

/** Three starts of the app, a day and more after whatever was done. */
async function letSettle(place: Place): Promise<void> {
  for (let starts = 0; starts < 3; starts++) {
    place.clock.tick(2 * DAY);
    await doneBy(place, ({ client }) => client.recover());
  }
}

/** The browser has lost what a rollback, or every other time a migration after it, wrote last. */
async function loseBurst(place: Place, path: ChartPath): Promise<void> {
  const migrated = await imageOf(place);
  await doneBy(place, rollBack);
  if (path.steps.length % 2 === 0) return setBack(place, migrated);
  const rolledBack = await imageOf(place);
  await doneBy(place, ({ client }) => client.migrate());
  place.before = await witness(place.world);
  await setBack(place, rolledBack);
}

/** The journal cannot be read any more: a record is damaged, one is missing, or all are gone with the vault. */
async function loseJournal(
  place: Place,
  path: ChartPath,
  losses: readonly ['damaged' | 'gap', ...('damaged' | 'gap' | 'evicted')[]] = ['damaged', 'gap', 'evicted'],
): Promise<void> {
  const { vault } = place.outside;
  const names = await vault.list(`${place.world.migration.id}/journal`);
  const [first = ''] = [...names].sort();
  const loss = oneOf(path, losses);
  if (loss === 'damaged') await vault.put(first, `${await vault.get(first)} `);
  if (loss === 'gap') await vault.remove(first);
  if (loss === 'evicted') for (const name of names) await vault.remove(name);
}

/** The backup that the open run restores from is damaged; an older one of the same content is whole. */
async function damageLatestBackup({ outside: { vault }, world }: Place): Promise<void> {
  const names = (await vault.list(`${world.migration.id}/backups/`)).filter((name) => name.endsWith('/content'));
  const ids = names.map((name) => Number(/process-(\d+)-/.exec(name)?.[1]));
  const latest = names[ids.indexOf(Math.max(...ids))] ?? '';
  await vault.put(latest, `${(await vault.get(latest))?.slice(0, -3)}???`);
}

/** So there are two backups of the same content. */
async function migrateTwice(place: Place): Promise<void> {
  await doneBy(place, rollBack);
  await doneBy(place, ({ client }) => client.migrate());
  place.before = await witness(place.world);
}

/** A rollback that was interrupted where going on with it ends as the path says. */
async function interruptForEnd(place: Place, path: ChartPath): Promise<void> {
  const end = leaving(path, 'resuming')?.name;
  if (end === 'RUN_ENDED unchanged') return dieIn(place, 'releasing', rollBackInVain);
  if (end === 'RUN_ENDED safeMode') return dieIn(place, 'lockingDown', rollBackIntoSafeMode);
  const states = ['clearingDatabase', 'restoringStorage', 'verifyingData', 'cleaningState'] as const;
  return dieIn(place, oneOf(path, states), rollBack);
}

type Bring = (place: Place, path: ChartPath) => Promise<void>;

/** How what is found about the copies comes about, by what a path calls it. */
const probings: Readonly<Record<string, Bring>> = {
  'PROBED resumable': interruptForEnd,
  'PROBED emptied': async (place, path) => {
    const isPlain = ['DECIDE restore', 'RUN_ENDED rolledBack'].every((name) =>
      path.steps.some((step) => step.name === name),
    );
    const states = ['clearingDatabase', 'invalidatingCache', 'restoringStorage'] as const;
    await dieIn(place, isPlain ? oneOf(path, states) : 'clearingDatabase', rollBack);
    await emptyStorage(place);
  },
  'PROBED restored': async (place) => {
    await migrateTwice(place);
    await dieIn(place, 'verifyingData', rollBack);
    await damageLatestBackup(place);
  },
  'PROBED without a copy': async (place, path) => {
    await migrateTwice(place);
    await dieIn(place, oneOf(path, ['invalidatingCache', 'preparingRestore', 'restoringStorage']), rollBack);
    await damageLatestBackup(place);
  },
  'PROBED journal lost, migrated': loseJournal,
  'PROBED journal lost, restored': async (place, path) => {
    // One that had given its lease back was over, and what the app writes then is its own affair.
    const isHeld = leaving(path, 'completing')?.name === 'MISMATCHED';
    const state = isHeld ? 'cleaningState' : oneOf(path, ['verifyingData', 'cleaningState', 'announcing']);
    await dieIn(place, state, rollBack);
    await loseJournal(place, path);
  },
  'PROBED journal lost, not begun': async (place, path) => {
    await dieIn(place, oneOf(path, ['stopping', 'loadingBackup', 'clearingDatabase']), rollBack);
    await loseJournal(place, path);
  },
  'PROBED journal lost, storage written to': async (place, path) => {
    await dieIn(place, 'loadingBackup', rollBack);
    await loseJournal(place, path);
    await writeAsApp(place, place.world.migration.collections[0]?.storageKey ?? '', 'written by the app');
  },
  'PROBED journal lost, emptied': async (place, path) => {
    // What cannot be taken back once rows had been moved out is a matter for people.
    const mayHaveCleared = leaving(path, 'retrying')?.name !== 'RUN_ENDED unchanged';
    const state = oneOf(path, ['loadingBackup', 'clearingDatabase', 'invalidatingCache']);
    await dieIn(place, mayHaveCleared ? state : 'loadingBackup', rollBack);
    // Without a marker, its remains alone say whose run it was.
    await loseJournal(place, path, ['damaged', 'gap']);
    await emptyStorage(place);
  },
  'PROBED journal lost, half done': async (place, path) => {
    await dieIn(place, oneOf(path, ['invalidatingCache', 'preparingRestore', 'restoringStorage']), rollBack);
    await loseJournal(place, path);
  },
};

/** Somebody alive is at work, or a question is open. */
async function leaveWaiting(place: Place, path: ChartPath): Promise<void> {
  if (path.steps.length % 2 === 0) {
    await dieIn(place, 'restoringStorage', rollBack);
    const lock = await place.outside.lock.acquire(`backpedal:${place.world.migration.id}`);
    if (lock !== null) place.heldByOthers.push(lock);
    return;
  }
  await place.world.people.changeRow();
  place.before = await witness(place.world);
  await dieWaiting(place, (client) => client.rollback({ reason: 'USER_REQUEST' }));
}

/** How what is found about runs comes about, by what a path calls it. */
const findings: Readonly<Record<string, Bring>> = {
  NOTHING_OPEN: letSettle,
  'NOTHING_OPEN, unsettled': async (place, path) => {
    const found = leaving(path, 'settling')?.name;
    if (found === 'BURST_LOST') return loseBurst(place, path);
    if (found !== 'STORAGE_EMPTIED') return;
    await doneBy(place, rollBack);
    await emptyStorage(place);
  },
  RUN_OPEN: interruptForEnd,
  RUN_WAITS: leaveWaiting,
  LOCKED: async (place) => void (await doneBy(place, rollBackIntoSafeMode)),
  JOURNAL_LOST: loseJournal,
};

/** A migration that was interrupted while it copied, and its journal is lost. */
async function interruptCopying(place: Place, path: ChartPath): Promise<void> {
  await dieIn(place, oneOf(path, ['copyingBatch', 'verifyingCopy', 'takingDigests']), ({ client }) => client.migrate());
  // Without a marker, which comes with the end of a migration, its remains alone say whose run it was.
  await loseJournal(place, path, ['damaged', 'gap']);
}

/** Brings about what the recovery of a path is to find. */
export async function bringAbout(place: Place, path: ChartPath): Promise<void> {
  const probed = leaving(path, 'probing')?.name ?? '';
  if (probed === 'PROBED journal lost, copying') return interruptCopying(place, path);
  const bring = probings[probed] ?? findings[leaving(path, 'finding')?.name ?? ''];
  await bring?.(place, path);
}

/** Whether a path begins before anything was migrated. */
export const beginsUnmigrated = (path: ChartPath): boolean =>
  leaving(path, 'probing')?.name === 'PROBED journal lost, copying';
