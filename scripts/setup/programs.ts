/** Programs that tests drive for real, where a machine keeps them, and the Debian package that brings each. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A program that some tests need. */
export interface Program {
  readonly name: 'Chromium' | 'Postgres' | 'Redis';
  /** What Debian calls the package that brings it. */
  readonly debianPackage: string;
  /** Full path of the program, or undefined where it is not installed. */
  find(): string | undefined;
}

const onPath = (...names: string[]): string | undefined =>
  (process.env.PATH ?? '')
    .split(':')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));

/** Debian keeps the servers of each version in a folder that is not on the path. */
function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return (
    versions.map((version) => join(root, version, 'bin', 'postgres')).find((file) => existsSync(file)) ??
    onPath('postgres')
  );
}

/** The browser that tests and screenshots use; `BACKPEDAL_CHROMIUM` names another one. */
export const chromium: Program = {
  name: 'Chromium',
  debianPackage: 'chromium',
  find: () =>
    process.env.BACKPEDAL_CHROMIUM ?? onPath('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'),
};

/** The server's own program (`postgres`); `initdb` and `pg_ctl` lie beside it. */
export const postgres: Program = { name: 'Postgres', debianPackage: 'postgresql-15', find: findPostgres };

/** `redis-server`. */
export const redis: Program = { name: 'Redis', debianPackage: 'redis-server', find: () => onPath('redis-server') };

/** Every program that a test may want. */
export const programs: readonly Program[] = [chromium, postgres, redis];

/**
 * Installs what is missing where that is possible: on Debian, as root, with apt-get.
 * @returns for each program that is still missing a sentence that says why
 */
export function installMissing(wanted: readonly Program[] = programs): readonly string[] {
  const missing = wanted.filter((program) => program.find() === undefined);
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => name).join(', ');
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return missing.map(
      ({ name, debianPackage }) => `${name} is not installed (Debian: apt-get install ${debianPackage})`,
    );
  }
  console.error(`Installing ${names} with apt-get.`);
  const options: SpawnSyncOptions = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-q'], options);
  spawnSync('apt-get', ['install', '-qy', '--no-install-recommends', ...missing.map((p) => p.debianPackage)], options);
  return missing
    .filter((p) => p.find() === undefined)
    .map(({ name }) => `${name} is not installed: apt-get could not bring it`);
}
