/**
 * Compiles the package into `dist`: `build.ts [FOLDER [OPTIONS OF TSC]]` into the `dist` of another folder. With
 * `--noCheck` types are only emitted.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
}

/** Marks what `bin` names as a program; a shell starts it only with a shebang and the executable bit. */
function makeExecutable(file: string): void {
  if (!readFileSync(file, 'utf8').startsWith('#!')) {
    throw new Error(`${file} is listed under "bin" but does not begin with a shebang (#!/usr/bin/env node).`);
  }
  chmodSync(file, 0o755);
}

const folder = resolve(process.argv[2] ?? root);
const dist = join(folder, 'dist');
process.chdir(root);
rmSync(dist, { recursive: true, force: true });
const compile = [
  'node_modules/typescript/bin/tsc',
  '-p',
  'tsconfig.build.json',
  '--outDir',
  dist,
  ...process.argv.slice(3),
];
const compiled = spawnSync(process.execPath, compile, { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
// What the compiler leaves where it is.
copyFileSync('src/ui/styles.css', join(dist, 'ui/styles.css'));
const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
for (const file of Object.values(bin)) makeExecutable(join(folder, file));
