import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadOptions } from '../../src/cli/config.ts';
import { inFolder } from '../adapters/temporary-folder.ts';

const PORTS = `migration: {}, database: new (class Pool { size = 3 })(), vault: {}, storage: { get origin(): string { throw new Error('read too early') } }`;

/** Loads a configuration of this content. */
async function load(content: string, name = 'backpedal.config.ts', file?: string): Promise<Record<string, unknown>> {
  let options: unknown;
  await inFolder(async (folder) => {
    await writeFile(join(folder, name), content);
    options = await loadOptions(folder, file);
  });
  return options as Record<string, unknown>;
}

describe('the configuration', () => {
  it('CM12 is what the file exports by default, and no copy of it', async () => {
    const options = await load(`const config: object = { ${PORTS}, extra: 1 }; export default config;`);
    expect(options.extra).toBe(1);
    expect(options.database?.constructor.name).toBe('Pool');
    expect(Object.getOwnPropertyDescriptor(options.storage, 'origin')?.get).toBeTypeOf('function');
  });

  it('CM12 may be a function, asynchronous or not, and a promise', async () => {
    expect((await load(`export default () => ({ ${PORTS}, how: 'function' })`)).how).toBe('function');
    expect((await load(`export default async () => ({ ${PORTS}, how: 'async' })`)).how).toBe('async');
    expect((await load(`export default Promise.resolve({ ${PORTS}, how: 'promise' })`)).how).toBe('promise');
  });

  it('CM12 may have another name, given by --config, and be JavaScript', async () => {
    expect(
      (await load(`export default { ${PORTS.replace(': string', '')}, other: true }`, 'other.mjs', 'other.mjs')).other,
    ).toBe(true);
  });

  it('CM12 that is not there is refused, and the message says what to do', async () => {
    await inFolder(async (folder) => {
      await expect(loadOptions(folder, undefined)).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringContaining('There is no backpedal.config.ts'),
      });
      await expect(loadOptions(folder, 'gone.ts')).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringContaining('gone.ts'),
      });
    });
  });

  it('CM12 without what is needed is refused with everything that is missing', async () => {
    await expect(load('export default { migration: {}, vault: {} }')).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('missing: storage, database'),
    });
    await expect(load('export const options = {};')).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(load('export default 7')).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(load('export default null')).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('CM12 that fails is refused with the reason; an error of the library stays what it is', async () => {
    await expect(
      load('export default () => { throw new TypeError("no such variable: DATABASE") }'),
    ).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('TypeError: no such variable: DATABASE'),
    });
    await expect(load('export default {{')).rejects.toMatchObject({ code: 'CONFIG' });
    const thrown = `Object.assign(new Error('Wrong.'), { code: 'DEFINITION_INVALID', details: {}, persistence: 'permanent' })`;
    await expect(load(`throw ${thrown}; export default {}`)).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
  });
});
