import * as z from 'zod/mini';
import { decodeValue, type Encoded, encodeValue } from './encoding.ts';
import { type WireFault, wireFault } from './faults.ts';
import { isWireMethod, WIRE_METHODS, type WireMethod } from './methods.ts';
import { WIRE_VERSION } from './version.ts';

/** What a request's text says, its parameters already checked. */
export interface WireRequest {
  /** The idempotency key: the same for every attempt of one call. */
  readonly key: string;
  readonly method: WireMethod;
  readonly args: readonly unknown[];
}

/** An answer. */
export type WireAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: WireFault };

/** Why a text is no request. */
export type RequestFault = 'malformed' | 'version' | 'unknownMethod' | 'arguments';

const envelope = z.strictObject({
  v: z.int(),
  key: z.string().check(z.regex(/^[A-Za-z0-9_-]{16,64}$/)),
  method: z.string().check(z.maxLength(64)),
  args: z.array(z.unknown()),
});

/** The text of a request; the parameters are encoded already, because large ones are measured before. */
export function writeRequest(key: string, method: WireMethod, args: readonly Encoded[]): string {
  return JSON.stringify({ v: WIRE_VERSION, key, method, args });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What it said is not repeated: it may be anything.
    return undefined;
  }
}

/** Reads a request. Gives what is wrong with it instead, in a word. */
export function readRequest(text: string): WireRequest | RequestFault {
  const given = envelope.safeParse(parsed(text));
  if (!given.success) return 'malformed';
  const { v, key, method, args } = given.data;
  if (v !== WIRE_VERSION) return 'version';
  if (!isWireMethod(method)) return 'unknownMethod';
  const checked = WIRE_METHODS[method].args.safeParse(decoded(args));
  return checked.success ? { key, method, args: checked.data } : 'arguments';
}

/** `undefined`, which no parameter list is, for what is no encoding. */
function decoded(value: unknown): unknown {
  try {
    return decodeValue(value);
  } catch {
    return undefined;
  }
}

/**
 * The text of an answer to the request with this key; `null` for what could not be read far enough to have one.
 * @throws DatabaseError `DATABASE_FAILED` for a result that cannot be sent
 */
export function writeAnswer(key: string | null, answer: WireAnswer): string {
  return JSON.stringify({
    v: WIRE_VERSION,
    key,
    ...answer,
    ...(answer.ok ? { value: encodeValue(answer.value) } : {}),
  });
}

const answered = z.discriminatedUnion('ok', [
  z.object({ v: z.int(), key: z.string(), ok: z.literal(true), value: z.unknown() }),
  z.object({ v: z.int(), key: z.nullable(z.string()), ok: z.literal(false), fault: wireFault }),
]);

/**
 * Reads the answer to a request; `null` for what is none: the answer to another request, half of one, or a page that
 * something on the way has put in its place.
 */
export function readAnswer(text: string, key: string, method: WireMethod): WireAnswer | null {
  const given = answered.safeParse(parsed(text));
  if (!given.success) return null;
  const answer = given.data;
  if (answer.key !== key && !(answer.key === null && !answer.ok)) return null;
  if (!answer.ok) return { ok: false, fault: answer.fault };
  try {
    const value = WIRE_METHODS[method].result.safeParse(decodeValue(answer.value));
    return value.success ? { ok: true, value: value.data } : null;
  } catch {
    // Not what a server of ours writes.
    return null;
  }
}
