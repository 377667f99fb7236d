import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import type { Resource } from './site.ts';

const html = (body: string): Resource => ({
  type: 'text/html; charset=utf-8',
  body: `<!doctype html><html lang="en"><title>page</title>${body}</html>`,
});

async function bundle(entry: string): Promise<Resource> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  return { type: 'text/javascript', body: outputFiles[0]?.contents ?? '' };
}

/**
 * Pages that consist of a script, by their path, from the sources as they are now; beside them the WebAssembly of sql.js
 * under `/sql-wasm.wasm`.
 */
export async function bundledPages(entries: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, Resource>> {
  const require = createRequire(import.meta.url);
  const resources = new Map<string, Resource>([
    [
      '/sql-wasm.wasm',
      { type: 'application/wasm', body: await readFile(require.resolve('sql.js/dist/sql-wasm-browser.wasm')) },
    ],
    ['/favicon.ico', { type: 'image/x-icon', body: '' }],
  ]);
  for (const [path, entry] of Object.entries(entries)) {
    resources.set(path, html(`<script type="module" src="${path}.js"></script>`));
    resources.set(`${path}.js`, await bundle(entry));
  }
  return resources;
}
