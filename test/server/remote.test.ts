import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import type { DatabasePort } from '../../src/ports/database.ts';
import { type RemoteDatabaseOptions, remoteDatabase } from '../../src/remote/index.ts';
import { createDatabaseHandler, type ServerLimits } from '../../src/server/index.ts';
import { memoryDatabase } from '../../src/testing/index.ts';
import { directFetch, noPause } from './direct-fetch.ts';

const MEBIBYTE = 1_048_576;
const table = { columns: ['id', 'text'], idColumns: ['id'] };
const fence = { migration: 'm', run: 'r', token: 1 };

interface Pair {
  readonly port: DatabasePort;
  readonly database: ReturnType<typeof memoryDatabase>;
  readonly requests: Request[];
}

function pair(limits: Partial<ServerLimits> = {}, more: Partial<RemoteDatabaseOptions> = {}): Pair {
  const database = memoryDatabase({ tables: { tasks: table }, scope: 'wholeTable' });
  const requests: Request[] = [];
  const handler = createDatabaseHandler({ authenticate: () => ({ id: 'alice' }), database, limits, now: () => 0 });
  const fetch = directFetch((request) => {
    requests.push(request.clone() as Request);
    return handler(request);
  });
  return {
    port: remoteDatabase({ url: '/api', scope: 'wholeTable', fetch, clock: noPause, ...more }),
    database,
    requests,
  };
}

const answering = (answer: () => Response | Promise<Response>, retries = 0): DatabasePort =>
  remoteDatabase({ url: '/api', scope: 'wholeTable', fetch: async () => answer(), clock: noPause, retries });

const lease = { migration: 'm', run: 'r', storage: 's', mode: 'takeOver' } as const;
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code: string; persistence: string; details: { reason?: string } }) =>
      `${error.code} ${error.persistence} ${error.details.reason ?? ''}`.trim(),
  );

describe('what is known after a connection died', () => {
  const lost = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'));
  const page = (status: number) => (): Response => new Response('<html>', { status });

  it.each([
    ['a connection that cannot be made', lost],
    ['a gateway that gave up', page(504)],
    ['a gateway without a server', page(502)],
    ['the page of a hotel’s network', page(200)],
    ['an answer that is empty', (): Response => new Response('', { status: 200 })],
  ])('RD3 %s: a read is unavailable, a write is an open outcome', async (_, answer) => {
    const port = answering(answer);
    expect(await code(port.ledger('m'))).toBe('DATABASE_UNAVAILABLE transient connection');
    expect(await code(port.clear(fence, { undoes: 'x', drift: 'any' }))).toBe(
      'DATABASE_OUTCOME_UNKNOWN transient connection',
    );
  });

  it.each([
    [401, 'DATABASE_DENIED permanent unauthenticated'],
    [403, 'DATABASE_DENIED permanent forbidden'],
    [404, 'DATABASE_DENIED permanent notFound'],
    [413, 'DATABASE_LIMIT permanent bodyTooLarge'],
  ])('RD3 status %s of something on the way says for certain that nothing was done', async (status, expected) => {
    expect(await code(answering(page(status)).lease(lease))).toBe(expected);
  });

  it('RD3 a refusal says nothing of an attempt before it that was lost', async () => {
    const answers = [lost, page(401)];
    const next = (): Response | Promise<Response> => (answers.shift() ?? lost)();
    expect(await code(answering(next, 1).lease(lease))).toBe('DATABASE_OUTCOME_UNKNOWN transient connection');
    const reading = [lost, page(401)];
    const read = answering(() => (reading.shift() ?? lost)(), 1);
    expect(await code(read.ledger('m'))).toBe('DATABASE_DENIED permanent unauthenticated');
  });
});

describe('requests', () => {
  it('RD1 carry key, version and the app’s own headers, which are asked for anew', async () => {
    let session = 0;
    const { port, requests } = pair({}, { headers: () => ({ authorization: `Bearer ${++session}` }) });
    await port.ping();
    await port.ping();
    expect(requests.map(({ headers }) => [headers.get('authorization'), headers.get('backpedal-wire')])).toEqual([
      ['Bearer 1', '1'],
      ['Bearer 2', '1'],
    ]);
    const keys = await Promise.all(requests.map(async (request) => (await request.json()).key));
    expect(new Set(keys).size).toBe(2);
  });

  it('RD1 wait for as long as the server asks them to', async () => {
    const pauses: number[] = [];
    const clock = { sleep: async (milliseconds: number) => void pauses.push(milliseconds) };
    const { port } = pair({ burst: 1, requestsPerMinute: 20 }, { clock });
    await port.ping();
    expect(await code(port.ping())).toBe('DATABASE_LIMIT transient rate');
    expect(pauses).toEqual([3000, 3000]);
  });

  it('RD2 a large batch goes in pieces, each a step of its own; a repetition makes the same ones', async () => {
    const { port, database, requests } = pair();
    const { token } = (await port.lease(lease)) as { token: number };
    await port.begin({ ...fence, token });
    const rows = Array.from({ length: 2500 }, (_, i) => ({ id: `${i}`, text: 'x'.repeat(i % 7 === 0 ? 9000 : 10) }));
    const batch = { step: 'copy:0', collection: 'tasks', rows };
    const before = requests.length;
    expect(await port.copy({ ...fence, token }, batch)).toEqual({ inserted: 2500, rejected: [] });
    expect(requests.length - before).toBeGreaterThan(4);
    for (const request of requests) expect((await request.clone().text()).length).toBeLessThan(MEBIBYTE);
    const written = JSON.stringify(database.rows('tasks'));
    expect(await port.copy({ ...fence, token }, batch)).toEqual({ inserted: 2500, rejected: [] });
    expect(JSON.stringify(database.rows('tasks'))).toBe(written);
    const changed = rows.map((row, i) => (i % 2000 === 0 ? { ...row, text: 'other' } : row));
    expect(await port.compare('r', 'tasks', changed)).toMatchObject({ equal: 2498, different: 2, missing: 0 });
  });

  it('RD2 a row that is too large or cannot be sent is rejected, and the others are in', async () => {
    const { port, database } = pair({ bodyBytes: MEBIBYTE });
    const { token } = (await port.lease(lease)) as { token: number };
    await port.begin({ ...fence, token });
    const rows = [
      { id: 'a', text: 'x' },
      { id: 'b', text: 'x'.repeat(2 * MEBIBYTE) },
      { id: 'c', text: () => 'no data' },
      { id: 'd', text: '\ud800' },
    ];
    const outcome = await port.copy({ ...fence, token }, { step: 's', collection: 'tasks', rows });
    expect([outcome.inserted, outcome.rejected.map(({ index }) => index)]).toEqual([2, [1, 2]]);
    expect(database.rows('tasks')).toEqual([rows[0], rows[3]]);
  });

  it('RD2 what is lost between two pieces is an open outcome; a lost lease stays what it is', async () => {
    let asked = 0;
    const real = pair();
    const { token } = (await real.port.lease(lease)) as { token: number };
    await real.port.begin({ ...fence, token });
    const rows = Array.from({ length: 1500 }, (_, i) => ({ id: `${i}`, text: '' }));
    const batch = { step: 'copy:0', collection: 'tasks', rows };
    const handler = createDatabaseHandler({ authenticate: () => ({ id: 'a' }), database: real.database });
    const failing = (failure: () => Promise<Response>): DatabasePort =>
      remoteDatabase({
        url: '/api',
        scope: 'wholeTable',
        clock: noPause,
        fetch: directFetch((request) => (++asked % 2 === 0 ? failure() : handler(request))),
      });
    const refused = async (): Promise<Response> => new Response('', { status: 401 });
    expect(await code(failing(refused).copy({ ...fence, token }, batch))).toBe(
      'DATABASE_OUTCOME_UNKNOWN transient pieces',
    );
    expect(await code(real.port.copy({ ...fence, token: token + 1 }, batch))).toBe('DATABASE_FENCED permanent');
    expect(await real.port.copy({ ...fence, token }, batch)).toEqual({ inserted: 1500, rejected: [] });
  });

  it('RD6 a server that clears other rows than the app believes is refused before anything is done', async () => {
    const { port } = pair({}, { scope: { name: 'own rows' } });
    expect(await code(port.tables())).toBe('DATABASE_SCHEMA permanent');
    expect((await pair().port.tables()).map(({ collection }) => collection)).toEqual(['tasks']);
  });

  it('RD6 options that cannot be used are refused', () => {
    const scope = 'wholeTable';
    const bad = [{ url: '', scope }, { url: '/api' }, { url: '/api', scope: {} }, { url: '/api', scope, retries: -1 }];
    for (const options of bad) expect(() => remoteDatabase(options as never)).toThrow(InputError);
  });
});

describe('versions', () => {
  it('WR6 an older app in the browser is told to be loaded anew', async () => {
    const { requests } = pair();
    expect(requests).toEqual([]);
    const database = memoryDatabase({ tables: { tasks: table }, scope: 'wholeTable' });
    const handler = createDatabaseHandler({ authenticate: () => ({ id: 'alice' }), database });
    const older = directFetch((request) => {
      request.headers.set('backpedal-wire', '0');
      return handler(request);
    });
    const port = remoteDatabase({ url: '/api', scope: 'wholeTable', fetch: older, clock: noPause });
    await expect(port.lease(lease)).rejects.toMatchObject({
      code: 'DATABASE_VERSION',
      message: expect.stringContaining('load the page anew'),
    });
    expect((await database.ledger('m')).token).toBe(0);
  });
});
