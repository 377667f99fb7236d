/** Builds and packs the package as it would be published, and looks at it with the eyes of those who install it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

const run = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: 'utf8' });
const bin = (name: string): string => join('node_modules', '.bin', name);

const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const folder = mkdtempSync(join(tmpdir(), 'backpedal-package-'));
try {
  run('npm', 'run', '--silent', 'build');
  const packed = run('npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder).trim();
  const tarball = join(folder, packed);
  run(bin('publint'), 'run', tarball, '--strict');
  const styles = Object.keys(exports).filter((entry) => entry.endsWith('.css'));
  run(
    bin('attw'),
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
    '--no-emoji',
    '--exclude-entrypoints',
    ...styles,
  );
  // By its own name the package is found through its exports map, as an app finds it.
  const entries = Object.keys(exports).filter((entry) => !/\.(json|css)$/.test(entry));
  const imports = entries.map((entry) => `await import('${name}${entry.slice(1)}');`);
  run(process.execPath, '--input-type=module', '--eval', imports.join('\n'));
  console.log(`${packed}: ${entries.length} entry points load in Node`);
} catch (error) {
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
  console.error(stdout || stderr ? `${stdout}${stderr}` : message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
