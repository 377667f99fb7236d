import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a connection is cut, counted in messages of one connection from `arm` on. */
export interface ProxyCut {
  readonly from: 'client' | 'server';
  /** 1 is the first message. */
  readonly message: number;
  readonly place: 'before' | 'middle' | 'after';
}

/** A proxy in front of Postgres that knows where messages begin. */
export interface PostgresProxy {
  readonly port: number;
  /** Cuts the connection that is the next to carry so many messages; `null` only counts. */
  arm(cut: ProxyCut | null): void;
  /** How many messages went in each direction since `arm`, and whether the connection was cut. */
  seen(): { readonly client: number; readonly server: number; readonly cut: boolean };
  stop(): Promise<void>;
}

/** Splits a stream of messages of the protocol: a type, four bytes of length, and the rest. */
function splitter(startsWithType: boolean): (chunk: Buffer) => Buffer[] {
  let waiting = Buffer.alloc(0);
  let typed = startsWithType;
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    const messages: Buffer[] = [];
    for (;;) {
      const head = typed ? 5 : 4;
      if (waiting.length < head) return messages;
      const length = waiting.readInt32BE(typed ? 1 : 0) + (typed ? 1 : 0);
      if (waiting.length < length) return messages;
      messages.push(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
      typed = true;
    }
  };
}

interface State {
  cut: ProxyCut | null;
  client: number;
  server: number;
  isCut: boolean;
}

function pipe(from: Socket, to: Socket, side: ProxyCut['from'], state: State, end: () => void): void {
  // The first message of a client, which says who it is, has no type.
  const split = splitter(side === 'server');
  from.on('data', (chunk: Buffer) => {
    for (const message of split(chunk)) {
      if (to.destroyed) return;
      state[side] += 1;
      const { cut } = state;
      if (cut === null || state.isCut || cut.from !== side || cut.message !== state[side]) {
        to.write(message);
        continue;
      }
      state.isCut = true;
      const bytes = { before: 0, middle: message.length >> 1, after: message.length }[cut.place];
      to.write(message.subarray(0, bytes), end);
      return;
    }
  });
}

/** Starts a proxy in front of a server on this machine. */
export async function startPostgresProxy(target: number): Promise<PostgresProxy> {
  const state: State = { cut: null, client: 0, server: 0, isCut: false };
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect({ port: target, host: '127.0.0.1' });
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
    }
    pipe(client, upstream, 'client', state, end);
    pipe(upstream, client, 'server', state, end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.');
  return {
    port: address.port,
    arm: (cut) => Object.assign(state, { cut, client: 0, server: 0, isCut: false }),
    seen: () => ({ client: state.client, server: state.server, cut: state.isCut }),
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
