import { expect, it } from 'vitest';
import { VaultError } from '../../src/errors.ts';
import { migrated } from './kit.ts';

it('CL18 writers that were stopped for a run which could not go on here work again when another process has ended it', async () => {
  const { on } = await migrated();
  const told: string[] = [];
  let records = 0;
  const vault = {
    ...on.vault,
    putIfAbsent: async (name: string, text: string) => {
      if (name.includes('/journal/') && ++records > 5) throw new VaultError('VAULT_UNAVAILABLE', 'Told to fail.');
      return on.vault.putIfAbsent(name, text);
    },
  };
  const operations = { stop: async () => void told.push('stop'), resume: async () => void told.push('resume') };
  const first = on.client('first', { vault, operations });
  await expect(on.until(first.rollback({ reason: 'USER_REQUEST' }))).rejects.toMatchObject({
    code: 'VAULT_UNAVAILABLE',
  });
  await on.clock.advance(3000);
  expect(told.at(-1)).toBe('stop');
  expect(await on.until(on.client('second').recover())).toMatchObject({ action: 'resumed' });
  await on.clock.advance(3000);
  expect(told.at(-1)).toBe('resume');
});
