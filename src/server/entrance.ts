import { OLDEST_WIRE_VERSION, WIRE_HEADER, WIRE_TYPE, WIRE_VERSION } from '../wire/version.ts';
import { deny, RequestRefused, refuseLimit } from './refusal.ts';

/** Where requests may come from beside the server's own site. */
export interface Entrance {
  readonly origins: readonly string[] | null;
}

const typeOf = (header: string | null): string => (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/**
 * Another site's page must not reach the handler with the user's cookies. Every request needs a content type and a
 * header that no form can send (so a browser asks first, and without CORS is told no), and what the browser itself
 * says of where it comes from is believed.
 */
function checkOrigin(headers: Headers, { origins }: Entrance): void {
  const origin = headers.get('origin');
  if (origins !== null) {
    if (origin !== null && !origins.includes(origin)) deny(403, 'origin');
    return;
  }
  if (headers.get('sec-fetch-site') === 'cross-site') deny(403, 'crossSite');
}

function checkVersion(headers: Headers): void {
  const header = headers.get(WIRE_HEADER);
  if (header === null) deny(403, 'header');
  const version = /^\d{1,6}$/.test(header) ? Number(header) : 0;
  if (version >= OLDEST_WIRE_VERSION && version <= WIRE_VERSION) return;
  throw new RequestRefused({ status: 409, code: 'DATABASE_VERSION', reason: 'version' });
}

/** What can be said of a request before anybody is asked who sends it. @throws RequestRefused */
export function checkEntrance(request: Request, entrance: Entrance): void {
  const { headers, method } = request;
  if (method !== 'POST') deny(405, 'method');
  checkOrigin(headers, entrance);
  checkVersion(headers);
  if (typeOf(headers.get('content-type')) !== WIRE_TYPE) deny(415, 'contentType');
  // A small body may unpack to any size.
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') deny(415, 'contentEncoding');
}

/**
 * The bytes of a body, counted as they come: what `Content-Length` says is believed only when it says too much.
 * @throws RequestRefused when there are more than the limit, or the connection ends before all are there
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const refuse = (): never => refuseLimit(413, 'bodyTooLarge', { limit });
  if (Number(request.headers.get('content-length') ?? 0) > limit) refuse();
  const { body } = request;
  if (body === null) return new Uint8Array(0);
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => deny(400, 'bodyCut'));
    if (done) break;
    size += value.length;
    if (size > limit) {
      // Not awaited: it may take as long as the sender likes.
      reader.cancel().catch(() => undefined);
      refuse();
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The text of a body. @throws RequestRefused for bytes that are not UTF-8 */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return deny(400, 'malformed');
  }
}
