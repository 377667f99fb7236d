import type { Connection, Driver } from './driver.ts';
import { READ_AS_TEXT } from './driver.ts';

interface PGliteResult {
  readonly rows: unknown[][];
  readonly affectedRows?: number;
}

/** What is used of a transaction of PGlite. */
export interface PGliteTransaction {
  query(
    text: string,
    values: unknown[],
    options: { rowMode: 'array'; parsers: Record<number, (value: string) => unknown> },
  ): Promise<PGliteResult>;
  exec(text: string): Promise<unknown>;
  rollback(): Promise<void>;
}

/** What is used of PGlite. */
export interface PGliteClient {
  readonly dataDir?: string;
  transaction<T>(work: (transaction: PGliteTransaction) => Promise<T>): Promise<T>;
}

const parsers = Object.fromEntries([...READ_AS_TEXT].map((oid) => [oid, (value: string): string => value]));

const connectionOf = (transaction: PGliteTransaction): Connection => ({
  async query(text, values) {
    const { rows, affectedRows } = await transaction.query(text, [...values], { rowMode: 'array', parsers });
    return { rows, affected: affectedRows ?? 0 };
  },
  script: async (text) => void (await transaction.exec(text)),
});

/** The driver on PGlite, which runs one transaction after the other; its COMMIT ends with it or not at all. */
export function pgliteDriver(client: PGliteClient): Driver {
  return {
    transaction: (plan, work) =>
      client.transaction(async (transaction) => {
        await transaction.exec(`SET TRANSACTION ISOLATION LEVEL ${plan.isolation}; ${plan.settings}`);
        const result = await work(connectionOf(transaction));
        if (plan.end === 'ROLLBACK') await transaction.rollback();
        return result;
      }),
  };
}
