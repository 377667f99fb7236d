import * as z from 'zod/mini';
import { BackpedalError, DatabaseError, type ErrorCode, type ErrorDetails } from '../errors.ts';

/** One of the codes that cross the wire; whatever else a database throws becomes `DATABASE_FAILED`. */
export type WireCode = Extract<ErrorCode, `DATABASE_${string}`>;

const MESSAGES: Readonly<Record<WireCode, string>> = {
  DATABASE_UNAVAILABLE: 'The server, or its database, cannot be reached. Nothing was done; try again when it can.',
  DATABASE_FENCED: 'Another run has taken over the lease. Stop this one; it changed nothing.',
  DATABASE_OUTCOME_UNKNOWN: 'The connection was lost before the answer; whether it was done has to be looked up.',
  DATABASE_RESTRICTED: 'Rows of other tables refer to these and forbid removing them. Change those first.',
  DATABASE_SCHEMA: 'The tables on the server and the definition do not go together. The server’s log says how.',
  DATABASE_CONFLICT: 'Somebody else changed the same at the same time. Nothing was done; try again.',
  DATABASE_FAILED: 'The server’s database refused. Nothing was done; the server’s log says why.',
  DATABASE_DENIED: 'The server refused the request. Nothing was done; log in again, or look in the server’s log.',
  DATABASE_LIMIT: 'The server refused the request for its size or number. Nothing was done; try again later.',
  DATABASE_VERSION: 'The app in the browser is older than the server, or newer. Nothing was done; load the page anew.',
};

/** A fault as it is sent: no message, no stack, no values. */
export interface WireFault {
  readonly code: WireCode;
  readonly persistence: 'transient' | 'permanent';
  /** Names and counts; see `detailsToSend`. */
  readonly details: ErrorDetails;
}

/** What a server may send of the details of an error. Ids of runs stay, since they are not those of the browser. */
const SENT: readonly string[] = ['reason', 'table', 'collection', 'columns', 'token', 'newest', 'retryAfter', 'limit'];
const LONGEST = 256;
const MOST = 50;

const plain = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** Names and counts only, and short ones: an adapter that puts a value into its details cannot leak it at length. */
function detailsToSend(details: ErrorDetails): ErrorDetails {
  const cut = (text: string): string => text.slice(0, LONGEST);
  const entries = Object.entries(details).filter(([name]) => SENT.includes(name));
  return Object.fromEntries(
    entries.map(([name, detail]) => {
      if (typeof detail === 'string') return [name, cut(detail)];
      return [name, typeof detail === 'object' ? detail.slice(0, MOST).map(cut) : detail];
    }),
  );
}

const isWireCode = (code: string): code is WireCode => Object.hasOwn(MESSAGES, code);

/** What a browser is told of something that was thrown; what backpedal does not know is `DATABASE_FAILED`. */
export function toFault(thrown: unknown): WireFault {
  if (!(thrown instanceof BackpedalError) || !isWireCode(thrown.code)) {
    return { code: 'DATABASE_FAILED', persistence: 'permanent', details: {} };
  }
  return { code: thrown.code, persistence: thrown.persistence, details: detailsToSend(thrown.details) };
}

/** The error that stands for a fault: the words are those of this side, so that no text is taken over. */
export function toError(fault: WireFault, cause?: unknown): DatabaseError {
  return new DatabaseError(fault.code, MESSAGES[fault.code], {
    persistence: fault.persistence,
    details: fault.details,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** An error of a code, with its usual words. */
export function wireError(
  code: WireCode,
  details: ErrorDetails,
  persistence: WireFault['persistence'] = 'permanent',
  cause?: unknown,
): DatabaseError {
  return toError({ code, persistence, details }, cause);
}

/** See `WireFault`. A code that this side does not know yet is a failure like any other. */
export const wireFault: z.ZodMiniType<WireFault> = z.object({
  code: z.catch(z.enum(Object.keys(MESSAGES) as WireCode[]), 'DATABASE_FAILED'),
  persistence: z.enum(['transient', 'permanent']),
  details: z.record(z.string(), plain),
});
