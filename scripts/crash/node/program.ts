import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Runs the bundle with the code that was compiled in an earlier process. Told to `remember`, it keeps at its end what
 * has been compiled until then: hundreds of processes would else compile the same functions, each for itself.
 */
const LOADER = `
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const bundle = __dirname + '/child.cjs';
const wrapped = '(function (require, module, exports, __filename, __dirname) {' + readFileSync(bundle, 'utf8') + '\\n})';
let cachedData;
try { cachedData = readFileSync(bundle + '.compiled'); } catch { /* Nobody has remembered anything yet. */ }
const script = new Script(wrapped, { filename: bundle, cachedData });
script.runInThisContext()(require, module, exports, bundle, __dirname);
if (process.argv[2] === 'remember')
  process.on('exit', () => writeFileSync(bundle + '.compiled', script.createCachedData()));
`;

/**
 * Makes one file of the child's program, from the sources as they are now: a process that loads it is ready in a
 * fraction of the time that it takes to load the sources one by one.
 * @returns the path of what is to be started
 */
export async function buildProgram(folder: string): Promise<string> {
  await build({
    entryPoints: [join(ROOT, 'scripts/crash/node/child.ts')],
    outfile: join(folder, 'child.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // It looks for its WebAssembly beside itself.
    external: ['sql.js'],
    logLevel: 'error',
  });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const loader = join(folder, 'load.cjs');
  await writeFile(loader, LOADER);
  return loader;
}
