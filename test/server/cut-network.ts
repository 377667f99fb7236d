import { remoteDatabase } from '../../src/remote/index.ts';
import { createDatabaseHandler } from '../../src/server/index.ts';
import { type KitDatabase, smallDatabase } from '../support/run-kit.ts';
import { noPause } from './direct-fetch.ts';

/**
 * Where the connection between browser and server dies.
 * - `beforeSending`: nothing has left the browser.
 * - `inRequest`: half of the request has arrived.
 * - `beforeAnswer`: the server has carried it out, and nothing of its answer has arrived.
 * - `inAnswer`: half of the answer has arrived, and then the connection was lost.
 * - `halfAnswer`: half of the answer has arrived, as if that were all of it.
 */
export type CutPlace = 'beforeSending' | 'inRequest' | 'beforeAnswer' | 'inAnswer' | 'halfAnswer';

export const CUT_PLACES: readonly CutPlace[] = ['beforeSending', 'inRequest', 'beforeAnswer', 'inAnswer', 'halfAnswer'];

/** Which request is cut, counted from 1 since the network was armed, and whether all later ones are, too. */
export interface Cut {
  readonly at: number;
  readonly place: CutPlace;
  readonly repeat: 'once' | 'forever';
}

/** A network that does what it is told. */
export interface CutNetwork {
  readonly fetch: typeof globalThis.fetch;
  arm(cut: Cut): void;
  disarm(): void;
  /** Requests since the network was armed, or made. */
  count(): number;
  hits(): number;
}

const lost = (): TypeError => new TypeError('fetch failed');

function brokenBody(text: string): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(lost());
      sent = true;
      controller.enqueue(new TextEncoder().encode(text));
    },
  });
}

async function cutAt(
  place: CutPlace,
  url: URL,
  init: RequestInit | undefined,
  handler: (request: Request) => Promise<Response>,
): Promise<Response> {
  const body = String(init?.body ?? '');
  if (place === 'beforeSending') throw lost();
  if (place === 'inRequest') {
    await handler(new Request(url, { ...init, body: body.slice(0, body.length / 2) }));
    throw lost();
  }
  const response = await handler(new Request(url, init));
  const text = await response.text();
  if (place === 'beforeAnswer') throw lost();
  const half = text.slice(0, text.length / 2);
  const { status, headers } = response;
  return new Response(place === 'inAnswer' ? brokenBody(half) : half, { status, headers });
}

/** A network in front of a handler. */
export function cutNetwork(handler: (request: Request) => Promise<Response>): CutNetwork {
  let cut: Cut | null = null;
  let count = 0;
  let hits = 0;
  return {
    fetch: (input, init) => {
      count += 1;
      const url = new URL(String(input), 'http://app.test');
      const isHit = cut !== null && (cut.repeat === 'forever' ? count >= cut.at : count === cut.at);
      if (cut === null || !isHit) return handler(new Request(url, init));
      hits += 1;
      return cutAt(cut.place, url, init, handler);
    },
    arm(next) {
      cut = next;
      count = 0;
      hits = 0;
    },
    disarm() {
      cut = null;
    },
    count: () => count,
    hits: () => hits,
  };
}

/** A kit's database that lies on a server, with the network in between. */
export interface RemoteKit extends KitDatabase {
  readonly network: CutNetwork;
}

/** The small world's database behind a handler, as a browser sees it. */
export function remoteKit(retries: number): RemoteKit {
  const server = smallDatabase();
  const handler = createDatabaseHandler({
    authenticate: () => ({ id: 'alice' }),
    databaseFor: () => server,
    limits: { requestsPerMinute: 1_000_000, burst: 1_000_000 },
    now: () => 0,
  });
  const network = cutNetwork(handler);
  const remote = remoteDatabase({
    url: '/api/backpedal',
    scope: 'wholeTable',
    fetch: network.fetch,
    clock: noPause,
    retries,
  });
  const { rows, insert, update, remove, tableNames } = server;
  return { ...remote, rows, insert, update, remove, tableNames, network };
}
