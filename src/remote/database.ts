import { DatabaseError, InputError } from '../errors.ts';
import type { ClockPort } from '../ports/clock.ts';
import type { ArchivePage, DatabasePort, ScopeKind } from '../ports/database.ts';
import type { Description } from '../wire/data-schemas.ts';
import { encodeValue } from '../wire/encoding.ts';
import type { WireMethod } from '../wire/methods.ts';
import { compareRows, copyRows } from './batches.ts';
import { fillPage, readDigests } from './pages.ts';
import { createTransport } from './transport.ts';

/** What `remoteDatabase` is told. */
export interface RemoteDatabaseOptions {
  /** Where the app has put the handler of `backpedal/server`; relative to the page, or absolute. */
  readonly url: string;
  /**
   * Whose rows the server clears, as the server's own adapter says it; has no default. A server that says something
   * else is refused with `DATABASE_SCHEMA` before anything is done.
   */
  readonly scope: 'wholeTable' | { readonly name: string };
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Headers of the app's own, for its `authenticate`; a function is asked before every request. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /** Which cookies go along. Default `same-origin`. */
  readonly credentials?: RequestCredentials;
  /** What is lost together with the rows (hazard H10). Default: the server's URL. */
  readonly failureDomain?: string;
  /** How often a call without an answer is sent again, under its idempotency key. Default 2. */
  readonly retries?: number;
  /** For the pauses before that: 200 ms, then twice as long each, or what the server asks for. */
  readonly clock?: Pick<ClockPort, 'sleep'>;
  /** Fresh idempotency keys of 16 to 64 characters of `[A-Za-z0-9_-]`; default: 128 random bits each. */
  readonly createKey?: () => string;
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const scopeKind = (scope: RemoteDatabaseOptions['scope']): ScopeKind =>
  scope === 'wholeTable' ? { kind: 'wholeTable' } : { kind: 'condition', name: scope.name };

function checked(options: RemoteDatabaseOptions): RemoteDatabaseOptions {
  const { url, scope, retries = 0 } = options;
  const faults = [
    ...(typeof url === 'string' && url !== '' ? [] : ['`url` has to be where the server’s handler is']),
    ...(scope === 'wholeTable' || (typeof scope?.name === 'string' && scope.name !== '')
      ? []
      : ['`scope` has to be said: "wholeTable", or the name of the server’s scope']),
    ...(Number.isInteger(retries) && retries >= 0 && retries <= 10 ? [] : ['`retries` is a whole number up to 10']),
  ];
  if (faults.length === 0) return options;
  throw new InputError('INPUT_ARGUMENT', `remoteDatabase cannot be used: ${faults.join('; ')}.`);
}

/** @throws DatabaseError `DATABASE_SCHEMA` when the server clears other rows than the app believes */
function assertScope(expected: ScopeKind, found: ScopeKind): void {
  const nameOf = (scope: ScopeKind): string => (scope.kind === 'wholeTable' ? 'the whole table' : scope.name);
  if (expected.kind === found.kind && nameOf(expected) === nameOf(found)) return;
  throw new DatabaseError(
    'DATABASE_SCHEMA',
    `The server clears ${JSON.stringify(nameOf(found))}, and remoteDatabase was told ${JSON.stringify(nameOf(expected))}. Give both the same scope.`,
  );
}

/**
 * The database port in a browser: every method is a request to the handler of `backpedal/server`, which carries it out
 * on the server's database, in the scope of whoever is logged in.
 *
 *     remoteDatabase({ url: '/api/backpedal', scope: { name: 'own rows' } })
 *
 * A call whose connection dies is sent again under the same idempotency key. If no answer comes, it throws
 * `DATABASE_UNAVAILABLE` when it can have changed nothing, and `DATABASE_OUTCOME_UNKNOWN` otherwise. Beside the codes
 * of the port, the server's own refusals: `DATABASE_DENIED` (not logged in, or not permitted), `DATABASE_LIMIT` (too
 * large, or too many), `DATABASE_VERSION` (load the page anew). A call has no time limit of its own: the client's
 * budgets give it up.
 *
 * @throws InputError `INPUT_ARGUMENT` for options that cannot be used
 */
export function remoteDatabase(given: RemoteDatabaseOptions): DatabasePort {
  const options = checked(given);
  const { url, headers = {} } = options;
  const scope = scopeKind(options.scope);
  const ask = createTransport({
    url,
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    headers: typeof headers === 'function' ? headers : () => headers,
    credentials: options.credentials ?? 'same-origin',
    retries: options.retries ?? 2,
    clock: options.clock ?? { sleep },
    createKey: options.createKey ?? randomKey,
  });
  /** A method whose parameters and result are on the wire what they are in the port. */
  const plain = <Name extends WireMethod & keyof DatabasePort>(name: Name): DatabasePort[Name] =>
    ((...args: unknown[]) => ask(name, args.map(encodeValue))) as DatabasePort[Name];
  const names = [
    ...(['ping', 'lease', 'release', 'ledger', 'record', 'begin', 'digest', 'survey'] as const),
    ...(['clear', 'undoClear', 'sweep', 'remaining', 'archives', 'dropArchive'] as const),
  ];
  const methods = Object.fromEntries(names.map((name) => [name, plain(name)])) as Pick<
    DatabasePort,
    (typeof names)[number]
  >;
  const page =
    (name: 'drifted' | 'movable'): DatabasePort['drifted'] =>
    (migration, undoes, from, limit) =>
      fillPage((after, wanted) => ask(name, [migration, undoes, after, wanted]) as Promise<ArchivePage>, from, limit);
  return {
    ...methods,
    failureDomain: options.failureDomain ?? url,
    scope,
    tables: async () => {
      const found = (await ask('tables', [])) as Description;
      assertScope(scope, found.scope);
      return found.tables;
    },
    drifted: page('drifted'),
    movable: page('movable'),
    archived: (query) =>
      fillPage(
        (after, limit) => ask('archived', [encodeValue({ ...query, after, limit })]) as Promise<ArchivePage>,
        query.after,
        query.limit,
      ),
    copy: (fence, batch) => copyRows(ask, fence, batch),
    compare: (run, collection, rows) => compareRows(ask, run, collection, rows),
    rowDigests: (run, collection, after, limit) => readDigests(ask, run, collection, after, limit),
  };
}
