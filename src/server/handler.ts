import { InputError } from '../errors.ts';
import type { DatabasePort } from '../ports/database.ts';
import type { LoggerPort } from '../ports/logger.ts';
import { toFault, type WireFault, wireError } from '../wire/faults.ts';
import { readRequest, type WireRequest, writeAnswer } from '../wire/messages.ts';
import { WIRE_METHODS } from '../wire/methods.ts';
import { WIRE_TYPE } from '../wire/version.ts';
import { callerDatabase } from './caller-database.ts';
import { carryOut } from './carry-out.ts';
import { checkEntrance, readBody, textOf } from './entrance.ts';
import { limitsOf, type ServerLimits } from './limits.ts';
import { checkPermission, type Permission } from './permission.ts';
import { createRates, type Rates } from './rates.ts';
import { deny, RequestRefused } from './refusal.ts';
import { createReplays, type Replays } from './replays.ts';

/** Who sends a request. */
export interface Caller {
  /**
   * Whose rows they are: the same for all devices and sessions of one user. Rates are counted by it, and with
   * `databaseFor` it owns leases, runs and archives.
   */
  readonly id: string;
}

/** What `createDatabaseHandler` is told. `C` is what the app knows of its callers. */
export type DatabaseHandlerOptions<C extends Caller> = {
  /** Looks at the request's session or token; `null` for nobody. It must not read the body. */
  readonly authenticate: (request: Request) => Promise<C | null> | C | null;
  /** The only migration that may be carried out, as `defineMigration` gives it. Left out, any. */
  readonly migration?: { readonly id: string; readonly collections: readonly { readonly name: string }[] };
  /** The columns that a browser may write, by collection. Left out, all of the table. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  readonly limits?: Partial<ServerLimits>;
  /**
   * Origins whose pages may send requests; then no other may. Left out, pages of the same site. The app sends the
   * headers of CORS by itself: the handler sends none and refuses preflights.
   */
  readonly origins?: readonly string[];
  /** What went wrong, for engineers: the error as it was thrown. Callers are told its code only. */
  readonly logger?: Pick<LoggerPort, 'warn'>;
  /** Milliseconds that never go backwards; for rates and replays. Default `performance.now`. */
  readonly now?: () => number;
} & (
  | {
      /** One database for all callers, who share its rows, its lease and its archive. */
      readonly database: DatabasePort;
    }
  | {
      /** The database in the scope of a caller: `where` is what the caller says of itself, never the request. */
      readonly databaseFor: (caller: C) => Promise<DatabasePort> | DatabasePort;
    }
);

interface Handler<C extends Caller> {
  readonly options: DatabaseHandlerOptions<C>;
  readonly limits: ServerLimits;
  readonly permission: Permission;
  readonly rates: Rates;
  readonly replays: Replays;
}

const HEADERS: Readonly<Record<string, string>> = {
  'content-type': WIRE_TYPE,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

const STATUS: Readonly<Partial<Record<WireFault['code'], number>>> = {
  DATABASE_UNAVAILABLE: 503,
  DATABASE_FENCED: 409,
  DATABASE_CONFLICT: 409,
  DATABASE_RESTRICTED: 409,
};

/** The answer to a request that was refused, or that the database could not carry out. */
function answerFault(key: string | null, thrown: unknown): Response {
  if (thrown instanceof RequestRefused) {
    const { status, code, reason, details = {}, persistence = 'permanent' } = thrown.refusal;
    const text = writeAnswer(key, { ok: false, fault: { code, persistence, details: { ...details, reason } } });
    const { retryAfter } = details;
    const more = {
      ...(status === 405 ? { allow: 'POST' } : {}),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    };
    return new Response(text, { status, headers: { ...HEADERS, ...more } });
  }
  const fault = toFault(thrown);
  return new Response(writeAnswer(key, { ok: false, fault }), { status: STATUS[fault.code] ?? 500, headers: HEADERS });
}

async function databaseOf<C extends Caller>(options: DatabaseHandlerOptions<C>, caller: C): Promise<DatabasePort> {
  if ('database' in options) return options.database;
  return callerDatabase(await options.databaseFor(caller), caller.id);
}

/** Who it is. What the app's own hook throws is not the caller's business. @throws RequestRefused, DatabaseError */
async function callerOf<C extends Caller>({ options }: Handler<C>, request: Request): Promise<C> {
  let caller: C | null;
  try {
    caller = await options.authenticate(request);
  } catch (cause) {
    throw wireError('DATABASE_UNAVAILABLE', { reason: 'authenticate' }, 'transient', cause);
  }
  if (caller === null || caller === undefined) return deny(401, 'unauthenticated');
  if (typeof caller.id === 'string' && caller.id !== '') return caller;
  throw new InputError('INPUT_ARGUMENT', '`authenticate` has to give a caller with an `id` that is a text, or null.');
}

/** The request that a body holds. @throws RequestRefused */
function requestIn(body: Uint8Array): WireRequest {
  const request = readRequest(textOf(body));
  if (typeof request !== 'string') return request;
  if (request === 'version') throw new RequestRefused({ status: 409, code: 'DATABASE_VERSION', reason: request });
  return deny(400, request);
}

async function answer<C extends Caller>(handler: Handler<C>, request: Request, caller: C): Promise<Response> {
  const { options, limits, permission, replays } = handler;
  const body = await readBody(request, limits.bodyBytes);
  const asked = requestIn(body);
  const { key } = asked;
  try {
    checkPermission(permission, asked, limits.requestRows);
    const { effect } = WIRE_METHODS[asked.method];
    const text = await replays.once({ caller: caller.id, key, body, effect }, async () =>
      carryOut({ database: await databaseOf(options, caller), permission, limits }, asked),
    );
    return new Response(text, { status: 200, headers: HEADERS });
  } catch (error) {
    note(options.logger, error, asked.method);
    return answerFault(key, error);
  }
}

function note(logger: Pick<LoggerPort, 'warn'> | undefined, cause: unknown, method: string | null): void {
  const code = toFault(cause).code;
  const refused = cause instanceof RequestRefused ? { reason: cause.refusal.reason } : { code, cause };
  logger?.warn('A request of a browser was not carried out.', { method, ...refused });
}

/**
 * The server's side of `backpedal/remote`: carries out on the server's database what the browser asks of its port.
 * Web-standard: put it wherever the app answers a `Request` with a `Response`.
 *
 *     const handler = createDatabaseHandler({
 *       authenticate: (request) => session(request),
 *       databaseFor: ({ id }) => postgresDatabase({ db, tables, scope: { name: 'own rows', where: ownedBy(id) } }),
 *       migration,
 *     });
 *
 * The caller comes from `authenticate` and the rows from `databaseFor`, neither from what the request says. Refused,
 * with nothing done: other methods and content types than its own, other sites' pages, strangers, bodies, pages and
 * rates over the limits, what is not part of the migration, a key that was used with another body. The database checks
 * the tokens. Answers carry codes, names and counts; no values and no stack traces.
 *
 * @throws InputError `INPUT_ARGUMENT` for options that cannot be used
 */
export function createDatabaseHandler<C extends Caller>(
  options: DatabaseHandlerOptions<C>,
): (request: Request) => Promise<Response> {
  if (typeof options.authenticate !== 'function')
    throw new InputError('INPUT_ARGUMENT', '`authenticate` has to be a function of the request.');
  if ('database' in options === 'databaseFor' in options)
    throw new InputError('INPUT_ARGUMENT', 'Exactly one of `database` and `databaseFor` has to be given.');
  const limits = limitsOf(options.limits);
  const now = options.now ?? (() => performance.now());
  const { migration } = options;
  const handler: Handler<C> = {
    options,
    limits,
    permission: {
      migration: migration?.id ?? null,
      collections: migration?.collections.map(({ name }) => name) ?? null,
      columns: options.columns ?? {},
    },
    rates: createRates(limits, now),
    replays: createReplays(limits, now),
  };
  const entrance = { origins: options.origins ?? null };
  return async (request) => {
    let leave = (): void => {};
    try {
      checkEntrance(request, entrance);
      const caller = await callerOf(handler, request);
      leave = handler.rates.enter(caller.id);
      return await answer(handler, request, caller);
    } catch (error) {
      note(options.logger, error, null);
      return answerFault(null, error);
    } finally {
      leave();
    }
  };
}
