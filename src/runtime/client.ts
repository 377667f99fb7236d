import { asBackpedalError } from '../errors.ts';
import { exportArchive, listArchive } from './archive-view.ts';
import { checkListener, checkOptions } from './arguments.ts';
import { readAudit } from './audit-log.ts';
import { exportBackup, importBackup, listAllBackups, removeBackup, verifyBackup } from './backups-view.ts';
import { cachePatterns } from './cache-patterns.ts';
import { drill } from './drill/drill.ts';
import { rollbackMetrics } from './metrics.ts';
import { monitorRollback } from './monitor.ts';
import { cancel, decide, unlock } from './people.ts';
import { planRollback } from './plan.ts';
import type { Backpedal, BackpedalOptions } from './public-types.ts';
import { canRollback } from './readiness.ts';
import { recover } from './recovery.ts';
import { reportOf } from './report.ts';
import { createSession, requireOpen, type Session } from './session.ts';
import { startMigration, startRollback } from './starting.ts';
import { verifyDatabase, verifyMigration, verifyStorage } from './verification.ts';
import { createWorld } from './world.ts';

/**
 * The client of one migration. No I/O until the first call; call `recover()` first. Every method of it refuses with
 * `INPUT_ARGUMENT` what cannot have been meant, and with `CLIENT_CLOSED` once the client is closed.
 * @throws InputError `INPUT_ARGUMENT`; CacheError `CACHE_PATTERN` when a cache pattern does not fit the database's scope
 */
export function createBackpedal(options: BackpedalOptions): Backpedal {
  const world = createWorld(options);
  const session = createSession(world);
  cachePatterns(world, () => []);
  /** A method that rejects, with an error of ours and nothing else, and with `CLIENT_CLOSED` once it is closed. */
  const open =
    <A extends unknown[], R>(work: (session: Session, ...args: A) => R | Promise<R>) =>
    async (...args: A): Promise<R> => {
      requireOpen(session);
      try {
        return await work(session, ...args);
      } catch (error) {
        throw asBackpedalError(error);
      }
    };
  const withOptions = <O, R>(method: Parameters<typeof checkOptions>[0], work: (session: Session, options: O) => R) =>
    open((_, wanted: O = {} as O) => {
      checkOptions(method, wanted);
      return work(session, wanted);
    }) as (options?: O) => Promise<Awaited<R>>;
  return {
    recover: open(recover),
    migrate: withOptions('migrate', (_, { signal }: { readonly signal?: AbortSignal }) =>
      startMigration(session, signal),
    ),
    canRollback: open(canRollback),
    plan: withOptions('plan', planRollback),
    rollback: open(startRollback),
    cancel: open(cancel),
    decide: open(decide),
    unlock: open(unlock),
    getSnapshot: session.board.getSnapshot,
    subscribe: (listener) => {
      checkListener('subscribe', listener);
      return session.board.subscribe(listener);
    },
    monitorRollback: (migrationId, onUpdate) => {
      requireOpen(session);
      checkListener('monitorRollback', onUpdate);
      return monitorRollback(session, migrationId, onUpdate);
    },
    metrics: open(rollbackMetrics),
    verifyStorage: open(verifyStorage),
    verifyDatabase: open(verifyDatabase),
    verifyMigration: open(verifyMigration),
    drill: withOptions('drill', drill),
    archive: { list: open(listArchive), export: open(exportArchive) },
    backups: {
      list: open(listAllBackups),
      verify: open(verifyBackup),
      export: open(exportBackup),
      import: open(importBackup),
      remove: open(removeBackup),
    },
    audit: {
      list: withOptions('audit.list', async (_, { migrationId }: { readonly migrationId?: string }) =>
        (await readAudit(world)).filter((entry) => migrationId === undefined || entry.migrationId === migrationId),
      ),
    },
    report: open(reportOf),
    close: async () => {
      session.closing.abort();
      await session.current;
    },
  };
}
