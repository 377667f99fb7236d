import { describe, expect, it } from 'vitest';
import { createKit, type Kit } from '../support/run-kit.ts';
import { at } from './at.ts';

/** A kit whose tasks lie under a key each. */
const keyed = (): Kit =>
  createKit({
    definition: { collections: { tasks: { storageKey: 'note-*' } }, formData: ['draft:*'] },
    entries: [
      ['note-a', '{"id":"a","title":"A"}'],
      ['note-b', '{"id":"b","title":"B"}'],
    ],
  });

describe('the receipt of a merge', () => {
  it('AU5 has a line for keys that it added and for keys that it took away', async () => {
    const kit = keyed();
    const { client } = kit.start();
    await client.migrate();
    kit.database.insert('tasks', { id: 'n', title: 'new', done: null });
    kit.database.remove('tasks', { id: 'b' });
    const { runId } = await client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });
    const { receipt, markdown } = await client.report(runId);
    const verdicts = receipt.keys.map(({ key, verdict }) => [key, verdict]);
    expect(verdicts).toEqual([
      ['note-a', 'exact'],
      ['note-b', 'removed'],
      ['note-n', 'merged'],
    ]);
    expect(receipt.keys.at(-1)).toMatchObject({ before: null, backup: null });
    expect(markdown).toContain('note\\-n');
    kit.storage.removeItem('note-n');
    expect(await client.verifyStorage()).toMatchObject({ success: false, checked: 3 });
  });

  it('AU5 I12 says what the run has left, not what the app has written since', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    const write = at('resume', () => kit.storage.setItem('task-store', 'written since'));
    const { client } = kit.start({ operations: [write] });
    const { runId } = await client.rollback({ reason: 'USER_REQUEST' });
    const { receipt } = await client.report(runId);
    expect(receipt.keys.find(({ key }) => key === 'task-store')?.verdict).toBe('exact');
    expect((await client.verifyStorage()).errors).toHaveLength(1);
  });
});
