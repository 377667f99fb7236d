/** What a statement gave: rows as arrays of the driver's values, and how many rows it affected. */
export interface StatementResult {
  readonly rows: readonly (readonly unknown[])[];
  readonly affected: number;
}

/** One connection inside a transaction. */
export interface Connection {
  /** One statement with its values. */
  query(text: string, values: readonly unknown[]): Promise<StatementResult>;
  /** Statements without values, separated by semicolons, in one message. */
  script(text: string): Promise<void>;
}

/** How a transaction begins and ends. */
export interface TransactionPlan {
  readonly isolation: 'READ COMMITTED' | 'REPEATABLE READ';
  /** `SET LOCAL` statements that hold for its length. */
  readonly settings: string;
  readonly end: 'COMMIT' | 'ROLLBACK';
}

/** A client that the app has connected: node-postgres or PGlite. */
export interface Driver {
  /**
   * Runs work in a transaction of its own; when it throws, the transaction is rolled back.
   * @throws CommitUnknown when the connection ended after COMMIT was sent and before it was answered
   */
  transaction<T>(plan: TransactionPlan, work: (connection: Connection) => Promise<T>): Promise<T>;
}

/** The connection ended while COMMIT was under way (hazard H17); `result` is what the work had given. */
export class CommitUnknown extends Error {
  readonly result: unknown;

  constructor(result: unknown, cause: unknown) {
    super('The connection ended while a transaction was being committed.', { cause });
    this.result = result;
  }
}

/**
 * Types that are read as text, because Drizzle's columns expect them so: timestamptz, timestamp, date, interval and
 * arrays of them, and numeric[].
 */
export const READ_AS_TEXT: ReadonlySet<number> = new Set([1184, 1114, 1082, 1186, 1185, 1115, 1182, 1187, 1231]);
