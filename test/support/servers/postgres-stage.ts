import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { postgresDatabase } from '../../../src/adapters/postgres/index.ts';
import type { DatabasePort, Fence } from '../../../src/ports/database.ts';
import { CLEAN_DDL, CONTRACT_DDL, contractTables } from '../../postgres/contract-schema.ts';
import type { PostgresServer } from './postgres.ts';

const MIGRATION = 'proof';

/** A small migrated world on a server, of which each Clear is judged: rows, dependents of all kinds, drift. */
export interface ClearStage {
  readonly pool: pg.Pool;
  readonly port: DatabasePort;
  /** Everything that is in the tables, as text. */
  content(): Promise<string>;
  /** The lease of the run that clears, taken anew. */
  hold(run?: string): Promise<Fence>;
  /**
   * Judges what a Clear has left that was cut off: all of it, or nothing. Then brings back what was before. Gives the
   * faults in words.
   */
  judge(told: 'cleared' | 'refused' | 'unknown'): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The port on a pool, with time-outs that suit tests. */
export function proofPort(pool: pg.Pool): DatabasePort {
  return postgresDatabase({
    db: drizzle(pool),
    tables: contractTables,
    scope: 'wholeTable',
    timeouts: { takeOver: 100, lock: 5000 },
  });
}

async function holdOn(port: DatabasePort, run: string): Promise<Fence> {
  const lease = await port.lease({ migration: MIGRATION, run, storage: 's', mode: 'takeOver' });
  if (lease.status !== 'granted') throw new Error('not granted');
  return { migration: MIGRATION, run, token: lease.token };
}

/** Clears under a fence, and says what the caller was told. */
export async function clearAs(port: DatabasePort, fence: Fence): Promise<'cleared' | 'refused' | 'unknown'> {
  try {
    const { status } = await port.clear(fence, { undoes: 'in', drift: 'any' });
    return status === 'cleared' ? 'cleared' : 'refused';
  } catch (thrown) {
    const { code } = thrown as { readonly code?: string };
    if (code === 'DATABASE_OUTCOME_UNKNOWN') return 'unknown';
    if (code === 'DATABASE_UNAVAILABLE' || code === 'DATABASE_FENCED') return 'refused';
    throw thrown;
  }
}

const TABLES = ['environments', 'tasks', 'labels', 'comments', 'reminders', 'invoices'];

async function contentOf(pool: pg.Pool): Promise<string> {
  const parts = TABLES.map(
    (table) => `(SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM ${table} AS t)`,
  );
  const { rows } = await pool.query(`SELECT ${parts.join(" || E'\\n--\\n' || ")} AS content`);
  return rows[0].content;
}

async function migrateSmall(pool: pg.Pool, port: DatabasePort): Promise<void> {
  await pool.query(CLEAN_DDL + CONTRACT_DDL);
  await pool.query(`INSERT INTO environments (id, name) VALUES ('theirs', 'was there before')`);
  const fence = await holdOn(port, 'in');
  await port.begin(fence);
  const rows = Array.from({ length: 12 }, (_, i) => ({ id: `t${i}`, title: `Task ${i}`, environmentId: 'e1' }));
  await port.copy(fence, {
    step: '1',
    collection: 'environments',
    rows: [{ id: 'e1', name: 'Eins', settings: { a: [1] } }],
  });
  await port.copy(fence, { step: '2', collection: 'tasks', rows });
  await port.digest(fence);
  await pool.query(`UPDATE tasks SET title = 'changed' WHERE id = 't1'; DELETE FROM tasks WHERE id = 't2';
    INSERT INTO comments VALUES ('c1', 't3', 'hangs on it'); INSERT INTO reminders VALUES ('r1', 't4', 'as well');`);
}

/** Sets the stage on a server, with a pool of its own. */
export async function clearStage(server: PostgresServer): Promise<ClearStage> {
  const pool = new pg.Pool({ ...server.connection, max: 4 });
  // Connections that end while they are idle are nothing to a test that kills servers.
  pool.on('error', () => undefined);
  const port = proofPort(pool);
  await migrateSmall(pool, port);
  const before = await contentOf(pool);
  const untouched = new Set(['(theirs,,"was there before",)', '(r1,,"as well")']);
  return {
    pool,
    port,
    content: () => contentOf(pool),
    hold: (run = 'out') => holdOn(port, run),
    async judge(told) {
      const fence = await holdOn(port, 'out');
      const { steps } = await port.ledger(MIGRATION);
      const isCleared = steps.some(({ run, step }) => run === 'out' && step === 'clear');
      const content = await contentOf(pool);
      const archived = await port.archived({
        migration: MIGRATION,
        run: 'out',
        content: 'all',
        after: null,
        limit: 99,
      });
      const faults: string[] = [];
      if (told === 'cleared' && !isCleared) faults.push('it said cleared, and the ledger knows nothing of it');
      if (told === 'refused' && isCleared) faults.push('it said that nothing was done, and it is cleared');
      if (isCleared) {
        const left = content.split('\n').filter((line) => line.startsWith('(') && !untouched.has(line));
        if (left.length > 0) faults.push(`cleared, and there is still ${left.join(' ')}`);
        if (archived.rows.length !== 15) faults.push(`cleared, and ${archived.rows.length} rows lie in the archive`);
        await port.undoClear(fence);
      } else {
        if (content !== before) faults.push('not cleared, and the tables are not what they were');
        if (archived.rows.length > 0) faults.push('not cleared, and the archive is not empty');
      }
      if ((await contentOf(pool)) !== before) faults.push('after undoing, the tables are not what they were');
      return faults;
    },
    close: () => pool.end(),
  };
}
