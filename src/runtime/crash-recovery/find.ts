import { DatabaseError, JournalError } from '../../errors.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import type { DatabaseLedger } from '../../ports/database.ts';
import { causeOf } from '../cause.ts';
import { within } from '../execution/deadline.ts';
import { isLifeless, waitsForPerson } from '../follow.ts';
import { type History, historyOf } from '../history.ts';
import { type FoundMarker, readMarker } from '../marker.ts';
import { type Session, takeLock } from '../session.ts';
import type { World } from '../world.ts';
import { isKnown, lostRuns } from './evidence.ts';
import type { CrashMemory } from './memory.ts';
import { unsettledRun } from './settling.ts';

/** The journal; `null` when it cannot be read any more. One that cannot be read now, or is newer, throws. */
async function readJournal(session: Session): Promise<History | null> {
  const { world, journal } = session;
  // What is going to be replaced is looked at twice: a vault that errs once must not cost the journal.
  for (let looks = 1; ; looks++) {
    try {
      return historyOf(await within(world.clock, 'The journal', journal.read()));
    } catch (error) {
      if (!(error instanceof JournalError) || error.code !== 'JOURNAL_UNREADABLE') throw error;
      if (looks < 2) continue;
      world.logger.error('The journal cannot be read any more; the copies themselves are looked at.', {
        cause: causeOf(error),
      });
      return null;
    }
  }
}

/** What the database knows; `null` when it cannot be reached. */
async function askDatabase(world: World): Promise<DatabaseLedger | null> {
  try {
    return await within(world.clock, 'The database', world.database.ledger(world.migration.id));
  } catch (error) {
    world.logger.warn('The database could not be asked about unfinished runs.', { cause: causeOf(error) });
    return null;
  }
}

/** Without the database, a journal that fits the marker has to do; looking there is left to the next start. */
function trustJournal(history: History | null, { marker }: FoundMarker): History {
  const fits = history !== null && (marker === null || isKnown(history, marker.run));
  if (fits) return history;
  throw new DatabaseError(
    'DATABASE_UNAVAILABLE',
    'The journal is missing or damaged, and the database cannot be reached to ask what was being done. Nothing was changed; try again when it can.',
    { persistence: 'transient' },
  );
}

/** Looks for a run that was interrupted: in the journal, and in the database. "None" is believed only of both. */
export async function findOpenRun(_context: CrashRecoveryContext, memory: CrashMemory): Promise<CrashRecoveryEvent> {
  const { session } = memory;
  const { world } = session;
  const history = await readJournal(session);
  memory.history = history;
  if (history !== null && history.locked !== null) return { type: 'LOCKED', run: history.locked.run };
  if (history !== null && history.open !== null) {
    const { run } = history.open;
    if (waitsForPerson(history.innermost ?? history.open)) {
      await world.operations.resume();
      return { type: 'RUN_WAITS', run };
    }
    const isOurs = (await takeLock(session)) || isLifeless(world, history);
    return isOurs ? { type: 'RUN_OPEN', run } : { type: 'RUN_WAITS', run };
  }
  const found = await within(world.clock, 'Storage', readMarker(world));
  const ledger = await askDatabase(world);
  memory.holder = ledger?.holder?.run ?? null;
  memory.database = ledger === null ? 'unreachable' : 'asked';
  const trusted = ledger === null ? trustJournal(history, found) : history;
  const salvaged = trusted === null ? await session.journal.salvage() : [];
  const lost =
    ledger === null ? null : await lostRuns(world, { ledger, marker: found.marker, history: trusted, salvaged });
  if (lost !== null) {
    return (await takeLock(session)) ? { type: 'JOURNAL_LOST', lost } : { type: 'RUN_WAITS', run: lost.rollback ?? '' };
  }
  const settling = trusted === null ? null : await within(world.clock, 'The vault', unsettledRun(world, trusted));
  return { type: 'NOTHING_OPEN', settling: settling?.run ?? null };
}
