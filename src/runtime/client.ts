import { exportArchive, listArchive } from './archive-view.ts';
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
import { createSession } from './session.ts';
import { startMigration, startRollback } from './starting.ts';
import { verifyDatabase, verifyMigration, verifyStorage } from './verification.ts';
import { createWorld } from './world.ts';

/**
 * The client of one migration. No I/O until the first call; call `recover()` first.
 * @throws CacheError `CACHE_PATTERN` when a cache pattern does not fit the database's scope
 */
export function createBackpedal(options: BackpedalOptions): Backpedal {
  const world = createWorld(options);
  const session = createSession(world);
  cachePatterns(world, () => []);
  return {
    recover: () => recover(session),
    migrate: ({ signal } = {}) => startMigration(session, signal),
    canRollback: () => canRollback(session),
    plan: (wanted = {}) => planRollback(session, wanted),
    rollback: (request) => startRollback(session, request),
    cancel: () => cancel(session),
    decide: (decision) => decide(session, decision),
    unlock: ({ reason }) => unlock(session, reason),
    getSnapshot: session.board.getSnapshot,
    subscribe: session.board.subscribe,
    monitorRollback: (migrationId, onUpdate) => monitorRollback(session, migrationId, onUpdate),
    metrics: () => rollbackMetrics(session),
    verifyStorage: () => verifyStorage(session),
    verifyDatabase: () => verifyDatabase(session),
    verifyMigration: () => verifyMigration(session),
    drill: (wanted = {}) => drill(session, wanted),
    archive: { list: () => listArchive(session), export: (run) => exportArchive(session, run) },
    backups: {
      list: () => listAllBackups(session),
      verify: (id) => verifyBackup(session, id),
      export: (id) => exportBackup(session, id),
      import: (text) => importBackup(session, text),
      remove: (id) => removeBackup(session, id),
    },
    audit: {
      list: async (filter = {}) => {
        const entries = await readAudit(world);
        return entries.filter(
          ({ migrationId }) => filter.migrationId === undefined || filter.migrationId === migrationId,
        );
      },
    },
    report: (run) => reportOf(session, run),
    close: async () => {
      session.closing.abort();
      await session.current;
    },
  };
}
