import * as z from 'zod/mini';
import type { DatabasePort } from '../ports/database.ts';
import * as data from './data-schemas.ts';

const nothing: z.ZodMiniType<undefined> = z.undefined();
const { after, anything, count, fence, identifier, name } = data;

/** What can be asked of the server: the methods of `DatabasePort`, but for its two constants. */
export type WireMethod = Exclude<keyof DatabasePort, 'failureDomain' | 'scope'>;

interface MethodContract {
  /** Whether it changes anything, so that nobody knows what became of it when the connection dies. */
  readonly effect: 'reads' | 'writes';
  readonly args: z.ZodMiniType<readonly unknown[]>;
  readonly result: z.ZodMiniType<unknown>;
}

/** Ties a method's parameters and its result to what the port says of them. */
const method = <Args extends readonly unknown[], Result>(
  effect: MethodContract['effect'],
  args: z.ZodMiniType<Args>,
  result: z.ZodMiniType<Result>,
): {
  readonly effect: MethodContract['effect'];
  readonly args: z.ZodMiniType<Args>;
  readonly result: typeof result;
} => ({
  effect,
  args,
  result,
});

/** Every method with its parameters and its result; both sides check what they receive by it. */
export const WIRE_METHODS = {
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
} as const satisfies Record<WireMethod, MethodContract>;

/** The parameters of a method on the wire. */
export type WireArgs<Name extends WireMethod> = z.output<(typeof WIRE_METHODS)[Name]['args']>;

/** Whether there is a method of that name. */
export const isWireMethod = (candidate: string): candidate is WireMethod => Object.hasOwn(WIRE_METHODS, candidate);
