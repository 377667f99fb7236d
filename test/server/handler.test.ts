import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { createDatabaseHandler } from '../../src/server/index.ts';
import { closedGate } from '../../src/testing/faulty.ts';
import { memoryDatabase } from '../../src/testing/index.ts';
import { bodyOf, copyArgs, forge, freshKey } from './forged-requests.ts';
import { MIGRATION, migrateRows, type Person, twoTenants } from './two-tenants.ts';

const fault = async (response: Response): Promise<unknown> => {
  const { fault: found } = JSON.parse(await response.text());
  return [response.status, found.code, found.details.reason, found.persistence];
};

const table = { columns: ['id', 'text'], idColumns: ['id'] };
const memory = (): ReturnType<typeof memoryDatabase> =>
  memoryDatabase({ tables: { tasks: table }, scope: 'wholeTable' });
const alice = (): { readonly id: Person } => ({ id: 'alice' });

describe('rates', () => {
  it('SR4 each caller has its own, which fills up again with time', async () => {
    const world = twoTenants({ limits: { burst: 3, requestsPerMinute: 60 } });
    const ask = (person: Person): Promise<Response> => world.handler(forge({ person }));
    for (let asked = 0; asked < 3; asked++) expect((await ask('alice')).status).toBe(200);
    const refused = await ask('alice');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await fault(refused)).toEqual([429, 'DATABASE_LIMIT', 'rate', 'transient']);
    expect((await ask('bob')).status).toBe(200);
    world.now = 999;
    expect((await ask('alice')).status).toBe(429);
    world.now = 1000;
    expect((await ask('alice')).status).toBe(200);
    expect((await ask('alice')).status).toBe(429);
  });

  it('SR4 so many requests of a caller are under way at most, and those that failed count no more', async () => {
    const gate = closedGate();
    const database = { ...memory(), ping: () => gate.opened };
    const handler = createDatabaseHandler({ authenticate: alice, database, limits: { concurrent: 2 } });
    const underWay = [handler(forge({})), handler(forge({}))];
    expect(await fault(await handler(forge({})))).toEqual([429, 'DATABASE_LIMIT', 'concurrent', 'transient']);
    gate.open();
    await Promise.all(underWay);
    for (let asked = 0; asked < 5; asked++) await handler(forge({ method: 'nothing' }));
    expect((await handler(forge({}))).status).toBe(200);
  });
});

describe('replays', () => {
  const leaseArgs = [{ migration: MIGRATION, run: 'r', storage: 's', mode: 'takeOver' }];

  it('SR5 the same request again has the answer of once, and another body under its key is refused', async () => {
    const world = twoTenants();
    const body = bodyOf({ method: 'lease', args: leaseArgs, key: freshKey() });
    const first = await (await world.handler(forge({ body }))).text();
    const before = world.dump();
    expect(await (await world.handler(forge({ body }))).text()).toBe(first);
    const other = await world.handler(forge({ body: body.replace('takeOver', 'whenFree') }));
    expect(await fault(other)).toEqual([409, 'DATABASE_DENIED', 'replay', 'permanent']);
    expect(world.dump()).toBe(before);
  });

  it('SR5 the keys of one caller mean nothing for another', async () => {
    const world = twoTenants();
    const body = bodyOf({ method: 'lease', args: leaseArgs, key: freshKey() });
    await world.handler(forge({ body }));
    expect((await world.handler(forge({ body: body.replace('"r"', '"q"'), person: 'bob' }))).status).toBe(200);
    expect((await world.browser('bob').ledger(MIGRATION)).holder).toEqual({ run: 'q', storage: 's' });
  });

  it('SR5 a repetition that comes while the first is under way waits for its answer', async () => {
    const gate = closedGate();
    const real = memory();
    let asked = 0;
    const database = {
      ...real,
      lease: async (request: Parameters<typeof real.lease>[0]) => {
        asked += 1;
        await gate.opened;
        return real.lease(request);
      },
    };
    const handler = createDatabaseHandler({ authenticate: alice, database });
    const body = bodyOf({ method: 'lease', args: leaseArgs, key: freshKey() });
    const both = [handler(forge({ body })), handler(forge({ body }))];
    gate.open();
    const [first, second] = await Promise.all(both);
    expect(await second?.text()).toBe(await first?.text());
    expect(asked).toBe(1);
  });

  it('SR5 what failed is tried again, and what was forgotten meets the database’s own memory', async () => {
    const world = twoTenants({ limits: { remember: 1000 } });
    const fence = await migrateRows(world, 'alice');
    const row = { id: 'late', owner: 'alice', title: 'x' };
    const early = bodyOf({ method: 'copy', args: copyArgs(fence.token + 1, row), key: freshKey() });
    expect((await world.handler(forge({ body: early }))).status).toBe(409);
    const lease = { migration: MIGRATION, run: 'alice-in', storage: 'of-alice', mode: 'takeOver' } as const;
    await world.browser('alice').lease(lease);
    const first = await world.handler(forge({ body: early }));
    expect(first.status).toBe(200);
    const before = world.dump();
    world.now = 5000;
    expect(await (await world.handler(forge({ body: early }))).text()).toBe(await first.text());
    expect(world.dump()).toBe(before);
  });

  it('SR5 it remembers so many and no more', async () => {
    const handler = createDatabaseHandler({ authenticate: alice, database: memory(), limits: { remembered: 2 } });
    const bodies = ['a', 'b', 'c'].map((run) =>
      bodyOf({ method: 'lease', args: [{ migration: 'm', run, storage: 's', mode: 'takeOver' }], key: freshKey() }),
    );
    for (const body of bodies) await handler(forge({ body }));
    const tokenOf = async (body: string): Promise<number> =>
      JSON.parse(await (await handler(forge({ body }))).text()).value.token;
    expect(await tokenOf(bodies[2] ?? '')).toBe(3);
    expect(await tokenOf(bodies[0] ?? '')).toBe(4);
  });
});

describe('pages', () => {
  it('SR6 a page has so many rows and bytes at most, whatever is asked for, and one row at least', async () => {
    const database = memory();
    for (let i = 0; i < 40; i++) database.insert('tasks', { id: `${i}`, text: 'x'.repeat(1000) });
    const sizes: number[] = [];
    const watched = {
      ...database,
      archived: async (query: Parameters<typeof database.archived>[0]) => {
        const rows = database.rows('tasks').slice(0, query.limit);
        sizes.push(query.limit);
        return {
          rows: rows.map((row) => ({ collection: 'tasks', table: 'tasks', key: '["x"]', kind: 'late' as const, row })),
          next: 'more',
        };
      },
    };
    const rowsWith = async (answerBytes: number): Promise<number> => {
      const limits = { pageRows: 20, answerBytes };
      const handler = createDatabaseHandler({ authenticate: alice, database: watched, limits });
      const args = [{ migration: 'm', run: 'r', content: 'all', after: null, limit: 1_000_000 }];
      return JSON.parse(await (await handler(forge({ method: 'archived', args }))).text()).value.rows.length;
    };
    expect(await rowsWith(1_000_000)).toBe(20);
    expect(await rowsWith(11_000)).toBe(5);
    expect(await rowsWith(1024)).toBe(1);
    expect(Math.max(...sizes)).toBe(20);
  });
});

describe('errors', () => {
  it('SR7 tell a code and nothing that was thrown; engineers are told all of it', async () => {
    const secret = 'value of a user';
    const database = { ...memory(), ping: () => Promise.reject(new Error(secret)) };
    const warnings: unknown[] = [];
    const logger = { warn: (_: string, details?: object) => void warnings.push(details) };
    const handler = createDatabaseHandler({ authenticate: alice, database, logger });
    const response = await handler(forge({}));
    const text = await response.text();
    expect([response.status, JSON.parse(text).fault]).toEqual([
      500,
      { code: 'DATABASE_FAILED', persistence: 'permanent', details: {} },
    ]);
    expect(text).not.toContain(secret);
    expect(warnings).toEqual([
      expect.objectContaining({ method: 'ping', cause: expect.objectContaining({ message: secret }) }),
    ]);
  });

  it('SR7 an app whose session store is down has done nothing, and may be asked again', async () => {
    const down = (): never => {
      throw new Error('the session store is down');
    };
    const handler = createDatabaseHandler({ authenticate: down, database: memory() });
    expect(await fault(await handler(forge({})))).toEqual([503, 'DATABASE_UNAVAILABLE', 'authenticate', 'transient']);
    const nameless = createDatabaseHandler({ authenticate: () => ({ id: '' }), database: memory() });
    expect((await nameless(forge({}))).status).toBe(500);
  });

  it('SR7 a result that cannot be sent is told as a failure', async () => {
    const database = { ...memory(), ledger: async () => ({ token: 0, holder: null, steps: [new Map()] }) as never };
    const handler = createDatabaseHandler({ authenticate: alice, database });
    expect(await fault(await handler(forge({ method: 'ledger', args: ['m'] })))).toEqual([
      500,
      'DATABASE_FAILED',
      'value',
      'permanent',
    ]);
  });
});

describe('options', () => {
  it('SR8 what cannot be used is refused when the handler is made', () => {
    const database = memory();
    const refused: (() => unknown)[] = [
      () => createDatabaseHandler({ database } as never),
      () => createDatabaseHandler({ authenticate: alice } as never),
      () => createDatabaseHandler({ authenticate: alice, database, databaseFor: () => database } as never),
      () => createDatabaseHandler({ authenticate: alice, database, limits: { bodyBytes: 10 } }),
      () => createDatabaseHandler({ authenticate: alice, database, limits: { pageRows: Number.NaN } }),
      () => createDatabaseHandler({ authenticate: alice, database, limits: { pagerows: 10 } as never }),
    ];
    for (const make of refused) expect(make).toThrow(InputError);
  });

  it('SR9 with a list of origins, pages of no other may ask', async () => {
    const handler = createDatabaseHandler({
      authenticate: alice,
      database: memory(),
      origins: ['https://app.example'],
    });
    const from = (origin: string): Promise<Response> =>
      handler(forge({ headers: { origin, 'sec-fetch-site': 'cross-site' } }));
    expect((await from('https://app.example')).status).toBe(200);
    expect(await fault(await from('https://evil.example'))).toEqual([403, 'DATABASE_DENIED', 'origin', 'permanent']);
    expect((await from('null')).status).toBe(403);
  });
});
