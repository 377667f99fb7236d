import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/servers/postgres.ts';
import { type PostgresProxy, type ProxyCut, startPostgresProxy } from '../support/servers/postgres-proxy.ts';
import { type ClearStage, clearAs, clearStage, proofPort } from '../support/servers/postgres-stage.ts';

// `npx vitest run test/integration/postgres-cuts --mode every-cut` cuts at every message.
const WHOLE = process.env.TEST_MODE === 'every-cut';
const SHARE = 9;

const title = postgresMissing === null ? '' : `: ${postgresMissing}`;

describe.skipIf(postgresMissing !== null)(`a connection to Postgres that is cut${title}`, () => {
  let server: PostgresServer;
  let proxy: PostgresProxy;
  let stage: ClearStage;
  beforeAll(async () => {
    server = await startPostgres();
    proxy = await startPostgresProxy(server.port);
    stage = await clearStage(server);
  });
  afterAll(async () => {
    await stage.close();
    await proxy.stop();
    await server.stop();
  });

  /** One Clear through the proxy on a connection of its own. */
  async function clearThrough(cut: ProxyCut | null) {
    const pool = new pg.Pool({ ...server.connection, port: proxy.port, max: 2 });
    pool.on('error', () => undefined);
    const fence = await stage.hold();
    proxy.arm(cut);
    const told = await clearAs(proofPort(pool), fence);
    const seen = proxy.seen();
    await pool.end();
    return { told, seen };
  }

  it.each(['client', 'server'] as const)(
    'PG14 before, in the middle of or after any message of the %s: a Clear has happened altogether or not at all, and what it says is so',
    async (from) => {
      const whole = await clearThrough(null);
      expect([whole.told, await stage.judge(whole.told)]).toEqual(['cleared', []]);
      const count = whole.seen[from];
      expect(count).toBeGreaterThan(100);
      const cuts = Array.from({ length: count }, (_, i) => i + 1).flatMap((message) =>
        (['before', 'middle', 'after'] as const).map((place): ProxyCut => ({ from, message, place })),
      );
      // The last messages are those around COMMIT: of these every one, of the others a share.
      const chosen = cuts.filter((cut, i) => WHOLE || i % SHARE === 0 || cut.message > count - 6);
      const broken: string[] = [];
      let cutOff = 0;
      for (const cut of chosen) {
        const { told, seen } = await clearThrough(cut);
        if (seen.cut) cutOff += 1;
        for (const fault of await stage.judge(told)) broken.push(`${cut.place} message ${cut.message}: ${fault}`);
      }
      expect(broken).toEqual([]);
      expect(cutOff).toBeGreaterThan(chosen.length * 0.9);
    },
    WHOLE ? 1_800_000 : 240_000,
  );
});
