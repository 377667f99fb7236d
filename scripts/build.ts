import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
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

process.chdir(root);
rmSync('dist', { recursive: true, force: true });
const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
for (const file of Object.values(bin)) makeExecutable(file);
