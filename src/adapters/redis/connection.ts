import { InputError } from '../../errors.ts';

/** A client of `redis` (node-redis): a single server, a pool or a sentinel. */
export interface NodeRedisClient {
  sendCommand(command: readonly string[]): Promise<unknown>;
  readonly options?: { readonly keyPrefix?: unknown } | undefined;
}

/** A cluster client of `redis` (node-redis). */
export interface NodeRedisCluster {
  readonly masters: readonly unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: the type of a node has as many parameters as a client
  nodeClient(node: any): Promise<NodeRedisClient> | NodeRedisClient;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  sendCommand(firstKey: any, isReadonly: any, command: any): Promise<unknown>;
}

/** A client of `ioredis`. */
export interface IoRedisClient {
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  readonly options: { readonly keyPrefix?: string };
}

/** A cluster client of `ioredis`. */
export interface IoRedisCluster extends IoRedisClient {
  readonly isCluster: true;
  nodes(role: 'master'): readonly IoRedisClient[];
}

/** A client with the few commands that are needed: SCAN, UNLINK and EXISTS. */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IoRedisClient | IoRedisCluster;

/** One server that has keys of its own. */
export interface RedisNode {
  /** The keys of one step of a SCAN, as Redis knows them, and where it goes on; `0` at the end. */
  scan(cursor: string, glob: string, count: number): Promise<{ readonly cursor: string; readonly keys: string[] }>;
}

/** What the adapter does with a client, whichever it is. Keys are named as Redis knows them, prefix included. */
export interface RedisConnection {
  /** What the client puts before every key. */
  readonly keyPrefix: string;
  nodes(): Promise<readonly RedisNode[]>;
  /** Removes keys, or counts those that are there; the sum over all servers. */
  each(command: 'UNLINK' | 'EXISTS', keys: readonly string[]): Promise<number>;
}

type Send = (...command: string[]) => Promise<unknown>;

const nodeOn = (send: Send): RedisNode => ({
  async scan(cursor, glob, count) {
    const [next, keys] = (await send('SCAN', cursor, 'MATCH', glob, 'COUNT', String(count))) as [unknown, unknown[]];
    return { cursor: String(next), keys: keys.map(String) };
  },
});

// In a cluster a command may only name keys of one slot; one key a command is always that, and clients send them all
// in one go.
const oneByOne = async (keys: readonly string[], send: (key: string) => Promise<unknown>): Promise<number> => {
  const counts = await Promise.all(keys.map(send));
  return counts.reduce((sum: number, count) => sum + Number(count), 0);
};

function onIoRedis(client: IoRedisClient): RedisConnection {
  const keyPrefix = client.options.keyPrefix ?? '';
  // ioredis puts its prefix before the keys of these commands, but neither before the pattern of SCAN nor is it gone
  // from what SCAN answers (hazard H19).
  const bare = (key: string): string => key.slice(keyPrefix.length);
  if ('isCluster' in client && client.isCluster === true) {
    const cluster = client as IoRedisCluster;
    return {
      keyPrefix,
      nodes: async () =>
        cluster.nodes('master').map((node) => nodeOn((name, ...args) => node.call(name as string, ...args))),
      each: (command, keys) => oneByOne(keys, (key) => cluster.call(command, bare(key))),
    };
  }
  return {
    keyPrefix,
    nodes: async () => [nodeOn((name, ...args) => client.call(name as string, ...args))],
    each: async (command, keys) => Number(await client.call(command, ...keys.map(bare))),
  };
}

const prefixOf = (options: { readonly keyPrefix?: unknown } | undefined): string =>
  options?.keyPrefix === undefined ? '' : String(options.keyPrefix);

// A command that is sent raw gets no prefix from node-redis, so keys go as Redis knows them.
const onNodeRedis = (client: NodeRedisClient): RedisConnection => ({
  keyPrefix: prefixOf(client.options),
  nodes: async () => [nodeOn((...command) => client.sendCommand(command))],
  each: async (command, keys) => Number(await client.sendCommand([command, ...keys])),
});

const onNodeRedisCluster = (cluster: NodeRedisCluster): RedisConnection => ({
  // The option of a cluster is not told in any other way.
  keyPrefix: prefixOf({ keyPrefix: (cluster as { readonly _keyPrefix?: unknown })._keyPrefix }),
  async nodes() {
    const clients = await Promise.all(cluster.masters.map((master) => cluster.nodeClient(master)));
    return clients.map((client) => nodeOn((...command) => client.sendCommand(command)));
  },
  each: (command, keys) => oneByOne(keys, (key) => cluster.sendCommand(key, command === 'EXISTS', [command, key])),
});

/** The connection over a client, told apart by what it can do. @throws InputError `INPUT_ARGUMENT` */
export function connectionOver(client: RedisClient): RedisConnection {
  const given: object = client;
  if ('call' in given && typeof given.call === 'function') return onIoRedis(client as IoRedisClient);
  if ('masters' in given && 'nodeClient' in given) return onNodeRedisCluster(client as NodeRedisCluster);
  if ('sendCommand' in given && typeof given.sendCommand === 'function') return onNodeRedis(client as NodeRedisClient);
  throw new InputError(
    'INPUT_ARGUMENT',
    'The given client has neither `call` (ioredis) nor `sendCommand` (redis); give a connected client of one of them.',
  );
}
