import { describe, expect, it } from 'vitest';
import { createBackpedal, defineMigration } from '../../src/index.ts';
import { memoryDatabase, memoryStorage, memoryVault } from '../../src/testing/index.ts';

function clients() {
  const vault = memoryVault();
  const storage = memoryStorage({ entries: { 'draft:1': 'a', 'draft:2': 'b', other: 'c' } });
  const database = memoryDatabase({ tables: {}, scope: 'wholeTable' });
  const client = (id: string, formData: string[]) =>
    createBackpedal({ migration: defineMigration({ id, collections: {}, formData }), storage, database, vault });
  return {
    first: client('first', ['draft:*']),
    second: client('second', ['draft:1']),
    apart: client('apart', ['other']),
  };
}

describe('migrations that share a vault', () => {
  it('CL14 are refused while another one is about the same keys and has not been taken back', async () => {
    const { first, second, apart } = clients();
    await first.migrate();
    await expect(second.migrate()).rejects.toMatchObject({ code: 'KEYS_CLAIMED' });
    expect((await apart.migrate()).outcome).toBe('migrated');
    await first.rollback({ reason: 'USER_REQUEST' });
    expect((await second.migrate()).outcome).toBe('migrated');
  });
});
