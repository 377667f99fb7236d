import { DatabaseError } from '../../errors.ts';
import type { ClearOutcome, DatabasePort, StepOutcome } from '../../ports/database.ts';

/** The real token is far below: a rehearsal's fence would be refused wherever it slipped through. */
const REHEARSAL_TOKEN = 1;

/**
 * A database that is read and never written: clearing answers with what the survey says, and the archive with the
 * rows as they are now.
 */
export function rehearsalDatabase(real: DatabasePort, undoes: string): DatabasePort {
  const steps: StepOutcome[] = [];
  let cleared = false;
  const refuse = (): never => {
    throw new DatabaseError('INTERNAL', 'A rehearsal does not do that.');
  };
  return {
    failureDomain: 'rehearsal',
    scope: real.scope,
    tables: () => real.tables(),
    ping: () => real.ping(),
    lease: async () => ({ status: 'granted', token: REHEARSAL_TOKEN }),
    release: async () => {},
    ledger: async () => ({ token: REHEARSAL_TOKEN, holder: null, steps }),
    record: async ({ run }, step, outcome) => {
      steps.push({ run, step, outcome });
    },
    begin: async () => refuse(),
    copy: async () => refuse(),
    compare: (run, collection, rows) => real.compare(run, collection, rows),
    digest: async () => refuse(),
    rowDigests: (run, collection, after, limit) => real.rowDigests(run, collection, after, limit),
    survey: (migration, run, limit) => real.survey(migration, run, limit),
    drifted: (migration, run, after, limit) => real.drifted(migration, run, after, limit),
    movable: (migration, run, after, limit) => real.movable(migration, run, after, limit),
    clear: async ({ migration, run }, request) => {
      const { drift, collections, dependents } = await real.survey(migration, undoes, 0);
      const forbids = dependents.find(({ effect }) => effect === 'forbids');
      if (forbids !== undefined)
        throw new DatabaseError('DATABASE_RESTRICTED', `Rows of the table ${forbids.table} forbid it.`);
      if (request.drift !== 'any' && request.drift !== drift.digest) return { status: 'drifted', drift };
      const outcome: ClearOutcome = { status: 'cleared', undoes, drift, collections, dependents };
      steps.push({ run, step: 'clear', outcome });
      cleared = true;
      return outcome;
    },
    undoClear: async () => 0,
    sweep: async () => 0,
    remaining: (migration, run) => (cleared ? Promise.resolve(0) : real.remaining(migration, run)),
    archives: (migration) => real.archives(migration),
    archived: ({ migration, after, limit }) => real.drifted(migration, undoes, after, limit),
    dropArchive: async () => refuse(),
  };
}
