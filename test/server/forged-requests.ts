import { WIRE_HEADER } from '../../src/wire/version.ts';
import { MIGRATION, type Person } from './two-tenants.ts';

/** Where the handler is. */
export const URL_OF_HANDLER = 'http://app.test/api/backpedal';

let keys = 0;

/** A key that no other request has. */
export const freshKey = (): string => `forged-key-${String(++keys).padStart(8, '0')}`;

/** What can be said otherwise than an honest browser would. */
export interface Forgery {
  readonly person?: Person | null;
  readonly verb?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The whole body; left out, a request of `method` with `args`. */
  readonly body?: BodyInit;
  readonly v?: number;
  readonly key?: string;
  readonly method?: string;
  readonly args?: unknown;
}

/** The text of a request. */
export const bodyOf = ({ v = 1, key = freshKey(), method = 'ping', args = [] }: Forgery): string =>
  JSON.stringify({ v, key, method, args });

/** A request as somebody makes it who does not use our code. */
export function forge(forgery: Forgery): Request {
  const { person = 'alice', verb = 'POST', headers = {}, body = bodyOf(forgery) } = forgery;
  const all = new Headers({ 'content-type': 'application/json', [WIRE_HEADER]: '1' });
  if (person !== null) all.set('authorization', `Session ${person}`);
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(verb);
  return new Request(URL_OF_HANDLER, { method: verb, headers: all, ...(hasBody ? { body, duplex: 'half' } : {}) });
}

/** A stream of so many mebibytes whose length nobody was told. */
export function endlessBody(mebibytes: number): ReadableStream<Uint8Array> {
  let left = mebibytes;
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close();
      left -= 1;
      controller.enqueue(new Uint8Array(1_048_576).fill(0x20));
    },
  });
}

/** The parameters of a copy of one row under a token. */
export const copyArgs = (token: unknown, row: unknown, run = 'alice-in', step = 'copy:forged'): unknown => [
  { migration: MIGRATION, run, token },
  { step, collection: 'tasks', rows: [row] },
];
