import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { DatabasePort, Fence, StepOutcome } from '../ports/database.ts';

const DIGITS = 32;

/** Ids of the library never hold it, so nobody can name a run of another caller. */
const SEPARATOR = '@';

/**
 * The database as one caller sees it: ids of migrations and runs belong to the caller, so that two callers who share
 * tables share neither lease, tokens, journal nor archive. Which rows are the caller's says the scope of `database`.
 *
 * The handler does this by itself for `databaseFor`; support needs it to look at one user's runs with the command line.
 * @param caller the id that `authenticate` gives
 */
export function callerDatabase(database: DatabasePort, caller: string): DatabasePort {
  // As JSON, because UTF-8 would turn all lone surrogates into the same bytes (hazard H6).
  const tag = `${SEPARATOR}${bytesToHex(sha256(utf8ToBytes(JSON.stringify(caller)))).slice(0, DIGITS)}`;
  const own = (id: string): string => `${id}${tag}`;
  const shown = (id: string): string => (id.endsWith(tag) ? id.slice(0, -tag.length) : id);
  const ownFence = ({ migration, run, token }: Fence): Fence => ({ migration: own(migration), run: own(run), token });
  const shownStep = ({ run, step, outcome }: StepOutcome): StepOutcome => {
    const undoes: unknown = step === 'clear' ? (outcome as { readonly undoes?: unknown } | null)?.undoes : undefined;
    const known = typeof undoes === 'string' ? { ...(outcome as object), undoes: shown(undoes) } : outcome;
    return { run: shown(run), step, outcome: known };
  };
  return {
    failureDomain: database.failureDomain,
    scope: database.scope,
    tables: () => database.tables(),
    ping: () => database.ping(),
    lease: async (request) => {
      const outcome = await database.lease({ ...request, migration: own(request.migration), run: own(request.run) });
      return outcome.status === 'busy' ? { ...outcome, run: shown(outcome.run) } : outcome;
    },
    release: (fence) => database.release(ownFence(fence)),
    ledger: async (migration) => {
      const { token, holder, steps } = await database.ledger(own(migration));
      return {
        token,
        holder: holder === null ? null : { ...holder, run: shown(holder.run) },
        steps: steps.map(shownStep),
      };
    },
    record: (fence, step, outcome) => database.record(ownFence(fence), step, outcome),
    begin: (fence) => database.begin(ownFence(fence)),
    copy: (fence, batch) => database.copy(ownFence(fence), batch),
    compare: (run, collection, rows) => database.compare(own(run), collection, rows),
    digest: (fence) => database.digest(ownFence(fence)),
    rowDigests: (run, collection, after, limit) => database.rowDigests(own(run), collection, after, limit),
    survey: (migration, undoes, limit) => database.survey(own(migration), own(undoes), limit),
    drifted: (migration, undoes, after, limit) => database.drifted(own(migration), own(undoes), after, limit),
    movable: (migration, undoes, after, limit) => database.movable(own(migration), own(undoes), after, limit),
    clear: async (fence, { undoes, drift }) => {
      const outcome = await database.clear(ownFence(fence), { undoes: own(undoes), drift });
      return outcome.status === 'cleared' ? { ...outcome, undoes: shown(outcome.undoes) } : outcome;
    },
    undoClear: (fence) => database.undoClear(ownFence(fence)),
    sweep: (fence) => database.sweep(ownFence(fence)),
    remaining: (migration, undoes) => database.remaining(own(migration), own(undoes)),
    archives: async (migration) =>
      (await database.archives(own(migration))).map((summary) => ({ ...summary, run: shown(summary.run) })),
    archived: (query) => database.archived({ ...query, migration: own(query.migration), run: own(query.run) }),
    dropArchive: (fence, run) => database.dropArchive(ownFence(fence), own(run)),
  };
}
