import { DatabaseError } from '../../errors.ts';
import { CommitUnknown, type Connection, type Driver, READ_AS_TEXT, type TransactionPlan } from './driver.ts';
import { sqlStateOf } from './failures.ts';

type TypeParser = (value: string) => unknown;

/** What is used of a client of node-postgres. */
export interface NodePostgresClient {
  query(config: {
    readonly text: string;
    readonly values?: unknown[];
    readonly rowMode?: 'array';
    readonly types?: { getTypeParser(oid: number, format?: string): TypeParser };
  }): Promise<{ rows: unknown[][]; rowCount: number | null; command: string }>;
  getTypeParser(oid: number, format?: string): TypeParser;
  getTransactionStatus?(): string | null;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
}

/** What is used of a pool of node-postgres. */
export interface NodePostgresPool {
  readonly totalCount: number;
  connect(): Promise<NodePostgresClient & { release(error?: Error | boolean): void }>;
}

function connectionOf(client: NodePostgresClient): Connection {
  const types = {
    getTypeParser: (oid: number, format?: string): TypeParser =>
      READ_AS_TEXT.has(oid) ? (value) => value : client.getTypeParser(oid, format),
  };
  return {
    async query(text, values) {
      const { rows, rowCount } = await client.query({ text, values: [...values], rowMode: 'array', types });
      return { rows, affected: rowCount ?? 0 };
    },
    script: async (text) => void (await client.query({ text })),
  };
}

// A server that answers COMMIT with an error has undone the transaction, unless it was on its way out itself: then it
// may have committed before it noticed.
const refusesSurely = (thrown: unknown): boolean => {
  const state = sqlStateOf(thrown);
  return state !== null && !state.startsWith('57P') && !state.startsWith('08');
};

async function commit(client: NodePostgresClient, result: unknown): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query({ text: 'COMMIT' }));
  } catch (thrown) {
    throw refusesSurely(thrown) ? thrown : new CommitUnknown(result, thrown);
  }
  if (command === 'COMMIT') return;
  throw new DatabaseError('DATABASE_FAILED', 'Postgres rolled a transaction back that was to be committed.');
}

/** Runs the transaction; tells whether the connection is fit for another one by resolving or by `onBroken`. */
async function runOn<T>(
  client: NodePostgresClient,
  plan: TransactionPlan,
  work: (connection: Connection) => Promise<T>,
  onBroken: () => void,
): Promise<T> {
  let result: T;
  try {
    // Inside, because it is many statements: one that fails or is cancelled leaves the transaction open.
    await client.query({ text: `BEGIN ISOLATION LEVEL ${plan.isolation}; ${plan.settings}` });
    result = await work(connectionOf(client));
    if (plan.end === 'COMMIT') await commit(client, result);
    else await client.query({ text: 'ROLLBACK' });
  } catch (thrown) {
    if (thrown instanceof CommitUnknown) onBroken();
    else await client.query({ text: 'ROLLBACK' }).catch(onBroken);
    throw thrown;
  }
  return result;
}

/** The driver on a pool: every transaction takes a connection, and gives it back or, if it is broken, away. */
export function poolDriver(pool: NodePostgresPool): Driver {
  return {
    async transaction(plan, work) {
      const client = await pool.connect();
      let broken = false;
      const noteError = (): void => {
        broken = true;
      };
      // Without a listener, a connection that ends between two statements would end the process.
      client.on('error', noteError);
      try {
        return await runOn(client, plan, work, noteError);
      } catch (thrown) {
        if (sqlStateOf(thrown) === null) broken = true;
        throw thrown;
      } finally {
        client.off('error', noteError);
        client.release(broken);
      }
    },
  };
}

/** The driver on a single connection: one transaction after the other. */
export function clientDriver(client: NodePostgresClient): Driver {
  let last: Promise<unknown> = Promise.resolve();
  const begin = async <T>(plan: TransactionPlan, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const status = client.getTransactionStatus?.() ?? 'I';
    if (status === 'I') return await runOn(client, plan, work, () => undefined);
    throw new DatabaseError(
      'DATABASE_UNAVAILABLE',
      'The app has a transaction open on the connection that it gave; finish it, or give a pool, and try again.',
      { persistence: 'transient' },
    );
  };
  return {
    transaction(plan, work) {
      const next = last.then(() => begin(plan, work));
      last = next.catch(() => undefined);
      return next;
    },
  };
}
