import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { postgres } from '../../../scripts/setup/programs.ts';
import { freePort, type ProgramUser, type RunningProgram, startProgram } from './program.ts';

/** Why tests that need Postgres are skipped; `null` when they are not. */
export const postgresMissing: string | null =
  postgres.find() === undefined ? `Postgres is not installed (${postgres.debianPackage})` : null;

/** A Postgres of its own, on a free port and in a folder of its own. */
export interface PostgresServer {
  readonly port: number;
  /** For node-postgres. */
  readonly connection: pg.ClientConfig;
  /** Kills the postmaster and all its backends with SIGKILL, and starts it anew on the same data. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

const idOf = (what: '-u' | '-g'): number => Number(spawnSync('id', [what, 'postgres']).stdout.toString());

// Postgres refuses to run as root; its package brings a user of that name.
function serverUser(): ProgramUser {
  if (process.getuid?.() !== 0) return {};
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function run(program: string, args: readonly string[], user: ProgramUser): void {
  const { status, stderr } = spawnSync(program, args, user);
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}

/**
 * Starts a Postgres.
 * @param durability `fast`: what is written survives the death of processes, not of the machine. `full`: as in real use
 */
export async function startPostgres(durability: 'fast' | 'full' = 'fast'): Promise<PostgresServer> {
  const program = postgres.find();
  if (program === undefined) throw new Error(postgresMissing ?? '');
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'backpedal-postgres-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'backpedal', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  run(join(dirname(program), 'initdb'), init, user);
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'max_connections=40',
    'max_wal_size=4GB',
    'log_min_messages=warning',
    ...(durability === 'fast' ? ['fsync=off', 'full_page_writes=off'] : []),
  ];
  const command = [program, '-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const start = (): Promise<RunningProgram> => startProgram(command, /ready to accept connections/, user);
  let running = await start();
  return {
    port,
    connection: { host: '127.0.0.1', port, user: 'backpedal', database: 'postgres' },
    async killAndRestart() {
      const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
      const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)]).stdout.toString();
      const pids = [
        postmaster,
        ...children
          .split('\n')
          .map(Number)
          .filter((pid) => pid > 0),
      ];
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // A backend that has ended by itself in the meantime is as dead as it was to be.
        }
      }
      await running.end('KILL');
      running = await start();
    },
    async stop() {
      await running.end('INT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A pool on a database of its own inside the server. */
export async function createDatabase(server: PostgresServer, name: string): Promise<pg.ClientConfig> {
  const admin = new pg.Client(server.connection);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  return { ...server.connection, database: name };
}
