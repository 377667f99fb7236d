import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disturbedPool } from '../support/servers/disturbed-pool.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/servers/postgres.ts';
import { type ClearStage, clearAs, clearStage, proofPort } from '../support/servers/postgres-stage.ts';
import { startClearingProcess } from './children/clearing-process.ts';

// `npx vitest run test/integration/postgres-kills --mode every-statement` kills the server at every statement.
const WHOLE = process.env.TEST_MODE === 'every-statement';
const SHARE = 8;

const title = postgresMissing === null ? '' : `: ${postgresMissing}`;

describe.skipIf(postgresMissing !== null)(`Postgres under a Clear${title}`, () => {
  let server: PostgresServer;
  let stage: ClearStage;
  beforeAll(async () => {
    server = await startPostgres();
    stage = await clearStage(server);
  });
  afterAll(async () => {
    await stage.close();
    await server.stop();
  });

  /** One Clear that is disturbed at a statement; what it was told, and how many statements there were. */
  async function clearDisturbed(at: number, disturb: (pid: number) => Promise<void>) {
    const { pool, statements } = disturbedPool(server.connection, ({ no, pid }) =>
      no === at ? disturb(pid) : undefined,
    );
    const port = proofPort(pool);
    const fence = await stage.hold();
    const told = await clearAs(port, fence);
    await pool.end();
    return { told, statements: statements() };
  }

  const countStatements = async (): Promise<number> => {
    const { told, statements } = await clearDisturbed(0, async () => undefined);
    expect([told, await stage.judge(told)]).toEqual(['cleared', []]);
    expect(statements).toBeGreaterThan(20);
    return statements;
  };

  it('PG15 a backend that is terminated at any statement of a Clear leaves all of it or nothing, and what was told is so', async () => {
    const count = await countStatements();
    const broken: string[] = [];
    for (let at = 1; at <= count; at += 1) {
      const { told } = await clearDisturbed(at, async (pid) => {
        await stage.pool.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
      });
      for (const fault of await stage.judge(told)) broken.push(`statement ${at}: ${fault}`);
    }
    expect(broken).toEqual([]);
  }, 240_000);

  it('PG15 a server that is killed at any statement of a Clear comes back with all of it or nothing', async () => {
    const count = await countStatements();
    const broken: string[] = [];
    for (let at = 1; at <= count; at += 1) {
      if (!WHOLE && at % SHARE !== 0 && at !== count) continue;
      const { told } = await clearDisturbed(at, () => server.killAndRestart());
      for (const fault of await stage.judge(told)) broken.push(`statement ${at}: ${fault}`);
    }
    expect(broken).toEqual([]);
  }, 240_000);

  it('PG16 a holder that is stopped in a Clear is shut out by a take-over, and refused when it goes on', async () => {
    const count = await countStatements();
    // Before the transaction has begun, in the middle of it, and before COMMIT.
    for (const at of [4, count >> 1, count]) {
      const first = at === 4 ? 'DATABASE_FENCED' : 'DATABASE_UNAVAILABLE';
      const fence = await stage.hold();
      const holder = await startClearingProcess({ connection: server.connection, fence, at });
      holder.signal('SIGSTOP');
      expect([at, await stage.judge('refused')]).toEqual([at, []]);
      holder.signal('SIGCONT');
      expect([at, await holder.goOn()]).toEqual([at, [first, 'DATABASE_FENCED']]);
      expect([at, await stage.judge('refused')]).toEqual([at, []]);
    }
  }, 240_000);
});
