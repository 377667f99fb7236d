import pg from 'pg';

/** Somebody who works on the tables besides the port, in transactions of their own. */
export interface AppConnection {
  readonly pid: number;
  /** Statements without values. */
  run(text: string): Promise<void>;
  /** Resolves when this connection waits for a lock that others hold. */
  waits(): Promise<void>;
  /** Resolves when another connection waits for a lock that this one holds. */
  isWaitedFor(): Promise<void>;
  close(): Promise<void>;
}

/** Connects the app. It is never the one whom Postgres ends in a deadlock: it looks for none. */
export async function connectApp(connection: pg.ClientConfig): Promise<AppConnection> {
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client(connection);
    await client.connect();
    return client;
  };
  const [client, observer] = [await open(), await open()];
  await client.query("SET deadlock_timeout = '10min'");
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  const pid: number = rows[0].pid;
  const until = async (condition: string): Promise<void> => {
    for (;;) {
      const { rows: found } = await observer.query(`SELECT 1 FROM pg_stat_activity WHERE ${condition} LIMIT 1`);
      if (found.length > 0) return;
    }
  };
  return {
    pid,
    run: async (text) => void (await client.query(text)),
    waits: () => until(`pid = ${pid} AND cardinality(pg_blocking_pids(pid)) > 0`),
    isWaitedFor: () => until(`${pid} = ANY (pg_blocking_pids(pid))`),
    close: async () => {
      await client.end();
      await observer.end();
    },
  };
}
