import * as z from 'zod/mini';
import type { DatabasePort } from '../ports/database.ts';
import * as data from './data-schemas.ts';

const nothing = z.undefined();
const { after, anything, count, fence, identifier, name } = data;

/** What can be asked of the server: the methods of `DatabasePort`, but for its two constants. */
export type WireMethod = Exclude<keyof DatabasePort, 'failureDomain' | 'scope'>;

/** The parameters of a method on the wire. */
export type WireArgs<Name extends WireMethod> = Readonly<Parameters<DatabasePort[Name]>>;

/** Two answers differ from the port's: the tables come with what the database is, digests page by page. */
interface OwnResults {
  readonly tables: data.Description;
  readonly rowDigests: data.DigestPage;
}

type WireResult<Name extends WireMethod> = Name extends keyof OwnResults
  ? OwnResults[Name]
  : Awaited<ReturnType<DatabasePort[Name]>>;

interface MethodContract<Name extends WireMethod> {
  /** Whether it changes anything, so that nobody knows what became of it when the connection dies. */
  readonly effect: 'reads' | 'writes';
  readonly args: z.ZodMiniType<WireArgs<Name>>;
  readonly result: z.ZodMiniType<WireResult<Name>>;
}

const method = <Effect, Args, Result>(
  effect: Effect,
  args: Args,
  result: Result,
): { readonly effect: Effect; readonly args: Args; readonly result: Result } => ({ effect, args, result });

/** Every method with its parameters and its result; both sides check what they receive by it. */
export const WIRE_METHODS: { readonly [Name in WireMethod]: MethodContract<Name> } = {
  tables: method('reads', z.tuple([]), data.description),
  ping: method('reads', z.tuple([]), nothing),
  lease: method('writes', z.tuple([data.leaseRequest]), data.leaseOutcome),
  release: method('writes', z.tuple([fence]), nothing),
  ledger: method('reads', z.tuple([identifier]), data.databaseLedger),
  record: method('writes', z.tuple([fence, name, anything]), nothing),
  begin: method('writes', z.tuple([fence]), nothing),
  copy: method('writes', z.tuple([fence, data.copyBatch]), data.copyOutcome),
  compare: method('reads', z.tuple([identifier, name, z.array(data.row)]), data.compareOutcome),
  digest: method('writes', z.tuple([fence]), z.array(data.collectionDigest)),
  rowDigests: method('reads', z.tuple([identifier, name, after, count]), data.digestPage),
  survey: method('reads', z.tuple([identifier, identifier, count]), data.databaseSurvey),
  drifted: method('reads', z.tuple([identifier, identifier, after, count]), data.archivePage),
  movable: method('reads', z.tuple([identifier, identifier, after, count]), data.archivePage),
  clear: method('writes', z.tuple([fence, data.clearRequest]), data.clearOutcome),
  undoClear: method('writes', z.tuple([fence]), count),
  sweep: method('writes', z.tuple([fence]), count),
  remaining: method('reads', z.tuple([identifier, identifier]), count),
  archives: method('reads', z.tuple([identifier]), z.array(data.archiveSummary)),
  archived: method('reads', z.tuple([data.archiveQuery]), data.archivePage),
  dropArchive: method('writes', z.tuple([fence, identifier]), nothing),
};

/** Whether there is a method of that name. */
export const isWireMethod = (candidate: string): candidate is WireMethod => Object.hasOwn(WIRE_METHODS, candidate);
