import type { ArchivePage, CopyBatch, CopyOutcome, DatabasePort, Fence } from '../ports/database.ts';
import type { Description, DigestPage } from '../wire/data-schemas.ts';
import { type WireRequest, writeAnswer } from '../wire/messages.ts';
import type { WireArgs, WireMethod } from '../wire/methods.ts';
import type { ServerLimits } from './limits.ts';
import { type Permission, permittedColumns } from './permission.ts';

/** What a request is carried out with. */
export interface Place {
  readonly database: DatabasePort;
  readonly permission: Permission;
  readonly limits: ServerLimits;
}

/** A survey is no page: what it does not list can be read with `drifted`. */
const MOST_ENTRIES = 10_000;

const PAGED = ['drifted', 'movable', 'archived'] as const;

/** Copies the rows whose columns may be written; the others are rejected, each for itself, as by the database. */
async function copyPermitted({ database, permission }: Place, fence: Fence, batch: CopyBatch): Promise<CopyOutcome> {
  const columns = permittedColumns(permission, await database.tables(), batch.collection);
  const rejected: { index: number; reason: string }[] = [];
  const permitted: number[] = [];
  for (const [index, row] of batch.rows.entries()) {
    if (Object.keys(row).every((column) => columns.has(column))) permitted.push(index);
    else rejected.push({ index, reason: 'it has a column that the server does not take' });
  }
  if (rejected.length === 0) return database.copy(fence, batch);
  const outcome = await database.copy(fence, { ...batch, rows: permitted.map((index) => batch.rows[index] ?? {}) });
  const placed = outcome.rejected.map(({ index, reason }) => ({ index: permitted[index] ?? -1, reason }));
  return { inserted: outcome.inserted, rejected: [...rejected, ...placed].sort((a, b) => a.index - b.index) };
}

async function describe({ database, permission }: Place): Promise<Description> {
  const { collections } = permission;
  const tables = await database.tables();
  return {
    scope: database.scope,
    tables: collections === null ? tables : tables.filter(({ collection }) => collections.includes(collection)),
  };
}

async function digestPage(place: Place, args: WireArgs<'rowDigests'>): Promise<DigestPage> {
  const [run, collection, after, wanted] = args as [string, string, string | null, number];
  permittedColumns(place.permission, await place.database.tables(), collection);
  const limit = Math.min(wanted, place.limits.pageRows);
  const rows = await place.database.rowDigests(run, collection, after, limit);
  return { rows, more: rows.length === limit && limit < wanted };
}

type Page = (limit: number) => Promise<ArchivePage>;

/** How a page of a method is asked for, and how many rows are wanted. */
function pageOf({ database }: Place, { method, args }: WireRequest): { readonly ask: Page; readonly wanted: number } {
  if (method === 'archived') {
    const [query] = args as WireArgs<'archived'> as readonly [Parameters<DatabasePort['archived']>[0]];
    return { ask: (limit) => database.archived({ ...query, limit }), wanted: query.limit };
  }
  const [migration, undoes, after, wanted] = args as readonly [string, string, string | null, number];
  const name = method as 'drifted' | 'movable';
  return { ask: (limit) => database[name](migration, undoes, after, limit), wanted };
}

/** The answer with a page that is small enough, however large its rows are. */
async function answerPage(place: Place, request: WireRequest): Promise<string> {
  const { ask, wanted } = pageOf(place, request);
  for (let limit = Math.min(wanted, place.limits.pageRows); ; limit = Math.floor(limit / 2)) {
    const text = writeAnswer(request.key, { ok: true, value: await ask(limit) });
    if (limit <= 1 || text.length <= place.limits.answerBytes) return text;
  }
}

/** Methods of the port that promise no result give none, whatever an adapter resolves with. */
const WITHOUT_RESULT: ReadonlySet<WireMethod> = new Set(['ping', 'release', 'record', 'begin', 'dropArchive']);

async function resultOf(place: Place, { method, args }: WireRequest): Promise<unknown> {
  const { database, permission } = place;
  switch (method) {
    case 'tables':
      return describe(place);
    case 'copy':
      return copyPermitted(place, ...(args as readonly [Fence, CopyBatch]));
    case 'rowDigests':
      return digestPage(place, args as WireArgs<'rowDigests'>);
    case 'compare':
      permittedColumns(permission, await database.tables(), args[1] as string);
      break;
    case 'survey': {
      const [migration, undoes, limit] = args as readonly [string, string, number];
      return database.survey(migration, undoes, Math.min(limit, MOST_ENTRIES));
    }
    default:
  }
  const carryOut = database[method] as (...given: readonly unknown[]) => Promise<unknown>;
  const value = await carryOut.apply(database, [...args]);
  return WITHOUT_RESULT.has(method) ? undefined : value;
}

/** Carries a request out that has passed every check; gives the text of the answer. @throws what the database throws */
export async function carryOut(place: Place, request: WireRequest): Promise<string> {
  if ((PAGED as readonly string[]).includes(request.method)) return answerPage(place, request);
  return writeAnswer(request.key, { ok: true, value: await resultOf(place, request) });
}
