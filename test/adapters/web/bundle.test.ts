import { builtinModules } from 'node:module';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const ENTRIES = `
  export * from './src/index.ts';
  export * from './src/adapters/web/index.ts';
  export * from './src/adapters/sqljs/index.ts';
`;

describe('what a browser loads', () => {
  it('WL5 has nothing of Node in it', async () => {
    const { metafile, errors } = await build({
      stdin: { contents: ENTRIES, resolveDir: process.cwd() },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      // Passed in by the app.
      external: ['sql.js'],
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    expect(errors).toEqual([]);
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
    expect(imports.filter((path) => path.startsWith('node:') || builtinModules.includes(path))).toEqual([]);
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('adapters/node/'))).toEqual([]);
    expect(Object.keys(metafile.inputs).some((path) => path.endsWith('indexed-db-vault.ts'))).toBe(true);
  });
});
