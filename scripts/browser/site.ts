import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What lies under a path. */
export interface Resource {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** A web site on this machine. */
export interface Site {
  /** `http://localhost:PORT`: an origin that browsers take for secure. */
  readonly origin: string;
  close(): Promise<void>;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Serves resources by their path.
 * @param posted what becomes of what pages send; it is answered once that has been done
 */
export async function serveSite(
  resources: ReadonlyMap<string, Resource>,
  posted: (path: string, text: string) => Promise<void> = async () => {},
): Promise<Site> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (request.method === 'POST') {
      textOf(request)
        .then((text) => posted(path, text))
        .then(
          () => response.writeHead(204).end(),
          () => response.destroy(),
        );
      return;
    }
    const resource = resources.get(path);
    if (resource === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': resource.type, 'cache-control': 'no-store' }).end(resource.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
