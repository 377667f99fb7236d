import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** What an app downloads together; sizes are in kB of 1,000 bytes. */
export interface Part {
  readonly name: string;
  readonly files: readonly string[];
  /** Imports that are not counted, because another part or the app brings them. */
  readonly without: RegExp;
  readonly goal: number;
  readonly budget: number;
}

const CORE = ['src/index.ts', 'src/adapters/web/index.ts'];
const PACKAGES = /^[@a-z]/;
const REACT = /^(react|react-dom)(\/|$)/;
const PACKAGES_AND_CORE = /^[@a-z]|^\.\.\/index\.ts$/;
const PACKAGES_AND_HOOKS = /^[@a-z]|\.\.\/(react\/)?index\.ts$/;

/**
 * What browsers download, with the goal that each part had at first and its budget. A budget is what is reached now, with a
 * little room: whoever needs more raises it here and says why. The core's grew by 1 for commands that change nothing once
 * they were given up, for second looks before rows are taken away, and for an image that is saved by its pages.
 */
export const parts: readonly Part[] = [
  { name: 'core-and-web', files: CORE, without: PACKAGES, goal: 15, budget: 83 },
  { name: 'react', files: ['src/react/index.ts'], without: PACKAGES_AND_CORE, goal: 3, budget: 3 },
  { name: 'ui', files: ['src/ui/index.ts', 'src/ui/styles.css'], without: PACKAGES_AND_HOOKS, goal: 12, budget: 15 },
  { name: 'with-packages', files: [...CORE, 'src/react/index.ts'], without: REACT, goal: 48, budget: 115 },
];

const leaveOut = (filter: RegExp): Plugin => ({
  name: 'leave-out',
  setup: ({ onResolve }) => {
    onResolve({ filter }, ({ kind, path }) => (kind === 'entry-point' ? null : { path, external: true }));
  },
});

const isStyle = (file: string): boolean => file.endsWith('.css');

/** All of a part's modules in one bundle, as if an app used everything in it; styles are a file of their own. */
async function bundlesOf({ files, without }: Part): Promise<readonly Uint8Array[]> {
  const modules = files.filter((file) => !isStyle(file));
  const contents = modules.map((file) => `export * from './${file}';`).join('\n');
  const common: BuildOptions & { write: false } = {
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [leaveOut(without)],
  };
  const results = await Promise.all([
    build({ ...common, stdin: { contents, resolveDir: '.' } }),
    ...files.filter(isStyle).map((file) => build({ ...common, entryPoints: [file] })),
  ]);
  return results.flatMap(({ outputFiles }) => outputFiles.map((file) => file.contents));
}

/** The size of a part, minified and gzipped, in kB. */
export async function sizeOf(part: Part): Promise<number> {
  const bundles = await bundlesOf(part);
  return bundles.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0) / 1000;
}
