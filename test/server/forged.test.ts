import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { bodyOf, copyArgs, endlessBody, type Forgery, forge } from './forged-requests.ts';
import { MIGRATION, migrateRows, twoTenants } from './two-tenants.ts';

const bobsTag = `@${bytesToHex(sha256(utf8ToBytes('"bob"'))).slice(0, 32)}`;
const fence = (token: unknown, run = 'alice-in'): unknown => ({ migration: MIGRATION, run, token });
const row = { id: 'forged', owner: 'alice', title: 'forged' };
const text = (length: number): string => 'x'.repeat(length);
/** Alice has migrated and holds token 1; a second device of hers took over and holds token 2. */
const STALE = 1;
const NEWEST = 2;

/** What is refused, with the status, the code and the reason that is given. */
const REFUSED: readonly (readonly [
  what: string,
  forgery: () => Forgery,
  status: number,
  code: string,
  reason: string | undefined,
])[] = [
  ['GET', () => ({ verb: 'GET' }), 405, 'DATABASE_DENIED', 'method'],
  ['PUT', () => ({ verb: 'PUT' }), 405, 'DATABASE_DENIED', 'method'],
  ['DELETE', () => ({ verb: 'DELETE' }), 405, 'DATABASE_DENIED', 'method'],
  ['a preflight of another site', () => ({ verb: 'OPTIONS' }), 405, 'DATABASE_DENIED', 'method'],
  [
    'a form of another site',
    () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded', 'backpedal-wire': null } }),
    403,
    'DATABASE_DENIED',
    'header',
  ],
  [
    'a form that is sent as text/plain',
    () => ({ headers: { 'content-type': 'text/plain' } }),
    415,
    'DATABASE_DENIED',
    'contentType',
  ],
  [
    'a multipart form',
    () => ({ headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
    415,
    'DATABASE_DENIED',
    'contentType',
  ],
  [
    'JSON without the header that no form can send',
    () => ({ headers: { 'backpedal-wire': null } }),
    403,
    'DATABASE_DENIED',
    'header',
  ],
  [
    'a request of which the browser says that another site makes it',
    () => ({ headers: { 'sec-fetch-site': 'cross-site' } }),
    403,
    'DATABASE_DENIED',
    'crossSite',
  ],
  [
    'a body that is packed',
    () => ({ headers: { 'content-encoding': 'gzip' } }),
    415,
    'DATABASE_DENIED',
    'contentEncoding',
  ],
  ['nobody who is logged in', () => ({ person: null }), 401, 'DATABASE_DENIED', 'unauthenticated'],
  [
    'a session that does not exist',
    () => ({ headers: { authorization: 'Session mallory' } }),
    401,
    'DATABASE_DENIED',
    'unauthenticated',
  ],
  ['an older browser', () => ({ headers: { 'backpedal-wire': '0' } }), 409, 'DATABASE_VERSION', 'version'],
  ['a newer browser', () => ({ headers: { 'backpedal-wire': '2' } }), 409, 'DATABASE_VERSION', 'version'],
  ['a version that is none', () => ({ headers: { 'backpedal-wire': '1e0' } }), 409, 'DATABASE_VERSION', 'version'],
  ['another version in the body', () => ({ v: 2 }), 409, 'DATABASE_VERSION', 'version'],
  ['no JSON', () => ({ body: 'drop table tasks' }), 400, 'DATABASE_DENIED', 'malformed'],
  ['half a request', () => ({ body: bodyOf({}).slice(0, -3) }), 400, 'DATABASE_DENIED', 'malformed'],
  ['an empty body', () => ({ body: '' }), 400, 'DATABASE_DENIED', 'malformed'],
  [
    'bytes that are not UTF-8',
    () => ({ body: new Uint8Array([0x7b, 0xff, 0x7d]) }),
    400,
    'DATABASE_DENIED',
    'malformed',
  ],
  [
    'a property too many',
    () => ({ body: bodyOf({}).replace('{', '{"scope":"wholeTable",') }),
    400,
    'DATABASE_DENIED',
    'malformed',
  ],
  ['a key that is none', () => ({ key: 'short' }), 400, 'DATABASE_DENIED', 'malformed'],
  ['a method that there is not', () => ({ method: 'exec' }), 400, 'DATABASE_DENIED', 'unknownMethod'],
  ['a method of every object', () => ({ method: 'constructor' }), 400, 'DATABASE_DENIED', 'unknownMethod'],
  ['a method named __proto__', () => ({ method: '__proto__' }), 400, 'DATABASE_DENIED', 'unknownMethod'],
  ['a parameter too few', () => ({ method: 'ledger' }), 400, 'DATABASE_DENIED', 'arguments'],
  ['a parameter too many', () => ({ method: 'ledger', args: [MIGRATION, 'bob'] }), 400, 'DATABASE_DENIED', 'arguments'],
  [
    'parameters that are no list',
    () => ({ method: 'ledger', args: { 0: MIGRATION } }),
    400,
    'DATABASE_DENIED',
    'malformed',
  ],
  ['a token that is a text', () => ({ method: 'copy', args: copyArgs('2', row) }), 400, 'DATABASE_DENIED', 'arguments'],
  [
    'a token that is NaN',
    () => ({ method: 'copy', args: copyArgs({ $: 'number', v: 'NaN' }, row) }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  ['a negative token', () => ({ method: 'copy', args: copyArgs(-1, row) }), 400, 'DATABASE_DENIED', 'arguments'],
  [
    'a scope of the request’s own',
    () => ({ method: 'sweep', args: [{ ...(fence(NEWEST) as object), scope: 'wholeTable' }] }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  [
    'a row that is a list',
    () => ({ method: 'copy', args: copyArgs(NEWEST, ['id']) }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  [
    'a mark that is none',
    () => ({ method: 'copy', args: copyArgs(NEWEST, { $: 'function', v: '1' }) }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  [
    'bytes that are no base64',
    () => ({ method: 'copy', args: copyArgs(NEWEST, { id: { $: 'bytes', v: '***' } }) }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  [
    'values nested a hundred thousand deep',
    () => ({
      body: `{"v":1,"key":"nested-very-deeply","method":"ping","args":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  ['another migration', () => ({ method: 'ledger', args: ['another'] }), 403, 'DATABASE_DENIED', 'foreignMigration'],
  [
    'another migration in a fence',
    () => ({ method: 'sweep', args: [{ migration: 'another', run: 'alice-in', token: NEWEST }] }),
    403,
    'DATABASE_DENIED',
    'foreignMigration',
  ],
  [
    'bob’s migration by the name that the database has for it',
    () => ({ method: 'ledger', args: [MIGRATION + bobsTag] }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  [
    'bob’s run by the name that the database has for it',
    () => ({ method: 'undoClear', args: [fence(NEWEST, `bob-out${bobsTag}`)] }),
    400,
    'DATABASE_DENIED',
    'arguments',
  ],
  [
    'a table outside the migration',
    () => ({ method: 'copy', args: [fence(NEWEST), { step: 's', collection: 'users', rows: [row] }] }),
    403,
    'DATABASE_DENIED',
    'foreignCollection',
  ],
  [
    'rows of a table outside the migration, to be compared',
    () => ({ method: 'compare', args: ['alice-in', 'users', [{ id: 'bob' }]] }),
    403,
    'DATABASE_DENIED',
    'foreignCollection',
  ],
  [
    'digests of a table outside the migration',
    () => ({ method: 'rowDigests', args: ['alice-in', 'backpedal_runs', null, 9] }),
    403,
    'DATABASE_DENIED',
    'foreignCollection',
  ],
  [
    'a body that says that it is too large',
    () => ({ headers: { 'content-length': '9999999999' } }),
    413,
    'DATABASE_LIMIT',
    'bodyTooLarge',
  ],
  [
    'a body that is too large and does not say so',
    () => ({ body: endlessBody(64) }),
    413,
    'DATABASE_LIMIT',
    'bodyTooLarge',
  ],
  [
    'a body that says that it is small',
    () => ({ body: endlessBody(64), headers: { 'content-length': '10' } }),
    413,
    'DATABASE_LIMIT',
    'bodyTooLarge',
  ],
  [
    'a row that is too large',
    () => ({ method: 'copy', args: copyArgs(NEWEST, { ...row, title: text(5_000_000) }) }),
    413,
    'DATABASE_LIMIT',
    'bodyTooLarge',
  ],
  [
    'more rows than a request may bring',
    () => ({
      method: 'copy',
      args: [
        fence(NEWEST),
        { step: 's', collection: 'tasks', rows: Array.from({ length: 1001 }, (_, i) => ({ ...row, id: `${i}` })) },
      ],
    }),
    413,
    'DATABASE_LIMIT',
    'tooManyRows',
  ],
  ['a stale token', () => ({ method: 'copy', args: copyArgs(STALE, row) }), 409, 'DATABASE_FENCED', undefined],
  [
    'a token that was never issued',
    () => ({ method: 'copy', args: copyArgs(NEWEST + 1, row) }),
    409,
    'DATABASE_FENCED',
    undefined,
  ],
  [
    'the largest token',
    () => ({ method: 'copy', args: copyArgs(Number.MAX_SAFE_INTEGER, row) }),
    409,
    'DATABASE_FENCED',
    undefined,
  ],
  [
    'a stale token that clears',
    () => ({ method: 'clear', args: [fence(STALE, 'x'), { undoes: 'alice-in', drift: 'any' }] }),
    409,
    'DATABASE_FENCED',
    undefined,
  ],
  [
    'a stale token that records',
    () => ({ method: 'record', args: [fence(STALE), 'step', { forged: true }] }),
    409,
    'DATABASE_FENCED',
    undefined,
  ],
  [
    'a stale token that drops the archive',
    () => ({ method: 'dropArchive', args: [fence(STALE), 'alice-out'] }),
    409,
    'DATABASE_FENCED',
    undefined,
  ],
];

/** Alice’s rows are in; another device of hers has taken over since. Bob’s were moved out. */
async function scene(): Promise<ReturnType<typeof twoTenants>> {
  const world = twoTenants();
  await migrateRows(world, 'alice');
  await migrateRows(world, 'bob', 'cleared');
  const taken = await world
    .browser('alice')
    .lease({ migration: MIGRATION, run: 'other-device', storage: 'other', mode: 'takeOver' });
  expect(taken).toEqual({ status: 'granted', token: NEWEST });
  return world;
}

describe('forged requests', () => {
  it.each(REFUSED)('SR1 %s: refused, and nothing is written', async (_what, forgery, status, code, reason) => {
    const world = await scene();
    const before = world.dump();
    const response = await world.handler(forge(forgery()));
    const answer = await response.text();
    expect([response.status, JSON.parse(answer).fault.code, JSON.parse(answer).fault.details.reason]).toEqual([
      status,
      code,
      reason,
    ]);
    expect(world.dump()).toBe(before);
    expect(answer).not.toMatch(/secret|bob|\.ts:\d|at \w+ \(/);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('SR1 the same requests, said honestly, are carried out', async () => {
    const world = await scene();
    const before = world.dump();
    const honest = { method: 'copy', args: copyArgs(NEWEST, row, 'other-device') };
    expect((await world.handler(forge(honest))).status).toBe(200);
    expect(world.dump()).not.toBe(before);
    expect(world.rows('alice').map(({ id }) => id)).toContain('forged');
  });

  it('SR2 a column that may not be written, or that there is not, costs the row and no other', async () => {
    const world = await scene();
    const rows = [
      { ...row, price: '0' },
      { ...row, id: 'honest' },
      JSON.parse('{"id":"p","owner":"alice","__proto__":{"price":"0"}}'),
      { ...row, nothing: 1 },
    ];
    const fenced = { migration: MIGRATION, run: 'other-device', token: NEWEST };
    const outcome = await world.browser('alice').copy(fenced, { step: 'copy:9', collection: 'tasks', rows });
    expect([outcome.inserted, outcome.rejected.map(({ index }) => index)]).toEqual([1, [0, 2, 3]]);
    const again = await world.browser('alice').copy(fenced, { step: 'copy:9', collection: 'tasks', rows });
    expect(again).toEqual(outcome);
    expect(world.rows('alice').map(({ id }) => id)).toEqual(['alice-1', 'alice-2', 'honest']);
    expect(({} as Record<string, unknown>).price).toBe(undefined);
  });

  it('SR3 rows that would be another person’s are rejected, and another person’s are not overwritten', async () => {
    const world = await scene();
    const bobs = await world.ofPerson('bob');
    const rows = [
      { id: 'stolen', owner: 'bob', title: 'forged' },
      { id: 'before', owner: 'alice', title: 'forged' },
    ];
    const fenced = { migration: MIGRATION, run: 'other-device', token: NEWEST };
    const outcome = await world.browser('alice').copy(fenced, { step: 'copy:9', collection: 'tasks', rows });
    expect([outcome.inserted, outcome.rejected.length]).toEqual([0, 2]);
    expect(await world.ofPerson('bob')).toEqual(bobs);
  });
});

describe('another person’s ids', () => {
  const bobsRun = (run: string): unknown => ({ migration: MIGRATION, run, token: NEWEST });
  it.each([
    ['a lease of bob’s run', 'lease', [{ migration: MIGRATION, run: 'bob-out', storage: 'of-bob', mode: 'takeOver' }]],
    ['bob’s lease, given back', 'release', [bobsRun('bob-out')]],
    ['bob’s clear, undone', 'undoClear', [bobsRun('bob-out')]],
    ['a sweep for bob’s run', 'sweep', [bobsRun('bob-out')]],
    ['bob’s archive, dropped', 'dropArchive', [bobsRun('other-device'), 'bob-out']],
    ['bob’s migration, cleared', 'clear', [bobsRun('other-device'), { undoes: 'bob-in', drift: 'any' }]],
    ['a step of bob’s run', 'record', [bobsRun('bob-out'), 'expect', { forged: true }]],
    ['digests of bob’s run, taken', 'digest', [bobsRun('bob-in')]],
    ['bob’s run, begun', 'begin', [bobsRun('bob-new')]],
  ])('SR3 %s: nothing of bob’s changes', async (_what, method, args) => {
    const world = await scene();
    const bobs = JSON.stringify(await world.ofPerson('bob'));
    await world.handler(forge({ method, args }));
    expect(JSON.stringify(await world.ofPerson('bob'))).toBe(bobs);
  });

  it.each([
    ['ledger', [MIGRATION]],
    ['archives', [MIGRATION]],
    ['archived', [{ migration: MIGRATION, run: 'bob-out', content: 'all', after: null, limit: 100 }]],
    ['movable', [MIGRATION, 'bob-in', null, 100]],
    ['drifted', [MIGRATION, 'bob-in', null, 100]],
    ['survey', [MIGRATION, 'bob-in', 100]],
    ['rowDigests', ['bob-in', 'tasks', null, 100]],
    ['compare', ['bob-in', 'tasks', [{ id: 'bob-1', owner: 'bob', title: 'bob’s 1' }]]],
    ['remaining', [MIGRATION, 'bob-in']],
  ])('SR3 %s shows nothing of bob’s to alice', async (method, args) => {
    const world = await scene();
    const text = await (await world.handler(forge({ method, args }))).text();
    expect(text).not.toMatch(/bob’s|bob-[12]"|of-bob|"equal":[1-9]/);
  });
});
