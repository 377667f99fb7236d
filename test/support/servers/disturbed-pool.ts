import pg from 'pg';

/** A statement that is about to be sent. */
export interface ComingStatement {
  /** Counted from 1 over all connections of the pool. */
  readonly no: number;
  readonly text: string;
  /** The backend that will carry it out. */
  readonly pid: number;
}

/** A pool of which every statement can be waited before. */
export interface DisturbedPool {
  readonly pool: pg.Pool;
  /** How many statements there were. */
  statements(): number;
}

/** A pool that calls `disturb` right before each statement, which is sent when that has settled. */
export function disturbedPool(
  config: pg.ClientConfig,
  disturb: (statement: ComingStatement) => Promise<void> | undefined,
): DisturbedPool {
  let statements = 0;
  class Disturbed extends pg.Client {
    // biome-ignore lint/suspicious/noExplicitAny: as overloaded as the method it stands for
    override query(...args: any[]): any {
      statements += 1;
      const { processID: pid } = this as unknown as { readonly processID: number };
      const [what] = args as [string | { readonly text: string }];
      const text = typeof what === 'string' ? what : what.text;
      const disturbing = disturb({ no: statements, text, pid });
      return disturbing === undefined
        ? super.query(...(args as [string]))
        : disturbing.then(() => super.query(...(args as [string])));
    }
  }
  const pool = new pg.Pool({ ...config, Client: Disturbed, max: 2 });
  pool.on('error', () => undefined);
  return { pool, statements: () => statements };
}
