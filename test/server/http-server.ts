import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** A server on a free port of this machine. */
export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

function requestOf(message: IncomingMessage): Request {
  const headers = new Headers();
  for (let at = 0; at < message.rawHeaders.length; at += 2)
    headers.append(String(message.rawHeaders[at]), String(message.rawHeaders[at + 1]));
  const hasBody = message.method !== 'GET' && message.method !== 'HEAD';
  return new Request(`http://${message.headers.host}${message.url}`, {
    method: message.method ?? 'GET',
    headers,
    ...(hasBody ? { body: Readable.toWeb(message) as ReadableStream, duplex: 'half' } : {}),
  });
}

async function answerWith(response: Response, out: ServerResponse): Promise<void> {
  out.writeHead(response.status, Object.fromEntries(response.headers));
  out.end(Buffer.from(await response.arrayBuffer()));
}

/** A handler of Request and Response behind Node's own server. */
export async function serve(handler: (request: Request) => Promise<Response>): Promise<HttpServer> {
  const server = createServer((message, out) => {
    handler(requestOf(message))
      .then((response) => answerWith(response, out))
      .catch(() => out.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/backpedal`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
