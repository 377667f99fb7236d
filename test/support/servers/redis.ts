import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redis } from '../../../scripts/setup/programs.ts';
import { freePort, startProgram } from './program.ts';

/** Why tests that need Redis are skipped; `null` when they are not. */
export const redisMissing: string | null =
  redis.find() === undefined ? `Redis is not installed (${redis.debianPackage})` : null;

/** A Redis of its own, on a free port and in a folder of its own. */
export interface RedisServer {
  readonly port: number;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after a kill, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Redis that keeps nothing on disk; `cluster` makes it a node of one. */
export async function startRedis(mode: 'single' | 'cluster' = 'single'): Promise<RedisServer> {
  const program = redis.find();
  if (program === undefined) throw new Error(redisMissing ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'backpedal-redis-'));
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const cluster =
    mode === 'single'
      ? []
      : ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-port', String(await freePort())];
  const start = () => startProgram([program, ...settings, ...cluster], /Ready to accept connections/);
  let running = await start();
  return {
    port,
    kill: () => running.end('KILL'),
    async restart() {
      running = await start();
    },
    async stop() {
      await running.end('TERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Three masters that share the slots, and how to reach the first of them. */
export async function startRedisCluster(): Promise<{ readonly ports: readonly number[]; stop(): Promise<void> }> {
  const nodes = [await startRedis('cluster'), await startRedis('cluster'), await startRedis('cluster')];
  const ports = nodes.map(({ port }) => port);
  const stop = async (): Promise<void> => {
    for (const node of nodes) await node.stop();
  };
  const cli = (redis.find() ?? '').replace(/redis-server$/, 'redis-cli');
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const { status, stdout } = spawnSync(cli, ['--cluster', 'create', ...addresses, '--cluster-yes']);
  if (status === 0) return { ports, stop };
  await stop();
  throw new Error(`The cluster could not be made: ${stdout}`);
}
