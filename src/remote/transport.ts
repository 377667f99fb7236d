import type { ClockPort } from '../ports/clock.ts';
import type { Encoded } from '../wire/encoding.ts';
import { toError, type WireFault, wireError } from '../wire/faults.ts';
import { readAnswer, type WireAnswer, writeRequest } from '../wire/messages.ts';
import { WIRE_METHODS, type WireMethod } from '../wire/methods.ts';
import { WIRE_HEADER, WIRE_TYPE, WIRE_VERSION } from '../wire/version.ts';

/** How requests are sent. */
export interface TransportOptions {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Asked before every request, so that a token that was renewed meanwhile is used. */
  readonly headers: () => HeadersInit | Promise<HeadersInit>;
  readonly credentials: RequestCredentials;
  /** How often a call whose answer did not come is sent again, under the same key. */
  readonly retries: number;
  readonly clock: Pick<ClockPort, 'sleep'>;
  readonly createKey: () => string;
}

/** Asks the server; the result is checked. @throws DatabaseError as `DatabasePort` says */
export type Ask = (method: WireMethod, args: readonly Encoded[]) => Promise<unknown>;

/** What is known after one attempt: an answer, or that none came (and why). */
type Attempt = { readonly answer: WireAnswer } | { readonly lost: unknown };

/** Answers that no server of ours has given, but that say for certain that none of ours was reached. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'notFound',
  405: 'method',
  413: 'bodyTooLarge',
  415: 'contentType',
};

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 30_000;

/** Sent to us, not done: it may be sent again. After an attempt that was lost, it does not speak for that one. */
const SAYS_NOTHING_OF_BEFORE: ReadonlySet<string> = new Set([
  'DATABASE_DENIED',
  'DATABASE_LIMIT',
  'DATABASE_VERSION',
  'DATABASE_UNAVAILABLE',
]);

async function attempt(options: TransportOptions, key: string, method: WireMethod, body: string): Promise<Attempt> {
  const headers = new Headers(await options.headers());
  headers.set('content-type', WIRE_TYPE);
  headers.set('accept', WIRE_TYPE);
  headers.set(WIRE_HEADER, String(WIRE_VERSION));
  try {
    const { fetch, url, credentials } = options;
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      credentials,
      cache: 'no-store',
      redirect: 'error',
    });
    const answer = readAnswer(await response.text(), key, method);
    if (answer !== null) return { answer };
    const reason = REFUSALS[response.status];
    if (reason === undefined) return { lost: new Error(`An answer of status ${response.status} that is none of ours`) };
    const code = response.status === 413 ? 'DATABASE_LIMIT' : 'DATABASE_DENIED';
    return { answer: { ok: false, fault: { code, persistence: 'permanent', details: { reason } } } };
  } catch (cause) {
    return { lost: cause };
  }
}

/** How long the server asks to be left alone, in milliseconds; `null` unless it does. */
function pauseAskedFor({ code, persistence, details }: WireFault): number | null {
  if (code !== 'DATABASE_LIMIT' || persistence !== 'transient') return null;
  const seconds = typeof details.retryAfter === 'number' ? details.retryAfter : 1;
  return Math.min(LONGEST_PAUSE, seconds * 1000);
}

const lostWith = (effect: 'reads' | 'writes', cause: unknown): Error =>
  wireError(
    effect === 'reads' ? 'DATABASE_UNAVAILABLE' : 'DATABASE_OUTCOME_UNKNOWN',
    { reason: 'connection' },
    'transient',
    cause,
  );

/**
 * Sends calls, each under a key of its own and every attempt of it under the same: the server carries it out once. What
 * stays without an answer is `DATABASE_UNAVAILABLE` where nothing can have changed, and otherwise
 * `DATABASE_OUTCOME_UNKNOWN`, whatever a later attempt was refused for.
 */
export function createTransport(options: TransportOptions): Ask {
  const { retries, clock, createKey } = options;
  return async (method, args) => {
    const key = createKey();
    const body = writeRequest(key, method, args);
    const { effect } = WIRE_METHODS[method];
    let lost: { readonly cause: unknown } | null = null;
    for (let made = 0; ; made++) {
      const came = await attempt(options, key, method, body);
      if ('lost' in came) lost ??= { cause: came.lost };
      else if (came.answer.ok) return came.answer.value;
      else {
        const { fault } = came.answer;
        const isOpen = lost !== null && effect === 'writes' && SAYS_NOTHING_OF_BEFORE.has(fault.code);
        const pause = pauseAskedFor(fault);
        if (pause === null || made >= retries) throw isOpen ? lostWith(effect, lost?.cause) : toError(fault);
        await clock.sleep(pause);
        continue;
      }
      if (made >= retries) throw lostWith(effect, lost.cause);
      await clock.sleep(FIRST_PAUSE * 2 ** made);
    }
  };
}
