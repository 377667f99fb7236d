import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VaultError } from '../../src/errors.ts';
import { type Backpedal, createBackpedal } from '../../src/index.ts';
import type { SealPort } from '../../src/ports/seal.ts';
import { seededIdentity } from '../../src/testing/index.ts';
import { craft } from '../runtime/craft-backup.ts';
import { createKit, type Kit } from '../support/run-kit.ts';
import {
  answered,
  asking,
  damageEntry,
  ENTRIES,
  idIn,
  loseBackup,
  migrated,
  partsOf,
  rowsOf,
  settled,
  storageOf,
  TASK_STORE,
} from './kit.ts';

const OLDER = TASK_STORE;
const NEWER = TASK_STORE.replace('zwei', 'drei \\u0026');

/** Migrates, takes that back, edits storage, and migrates again: two generations, of which the first is older. */
async function twoGenerations(): Promise<Kit> {
  const kit = await migrated();
  const { client } = kit.start();
  await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
  kit.storage.setItem('settings', 'newer');
  kit.storage.setItem('task-store', NEWER);
  await settled(kit, client.migrate());
  return kit;
}

const contents = (kit: Kit): [older: string, newest: string] => {
  const [older = '', newest = ''] = partsOf(kit, 'content');
  return [older, newest];
};

describe('backups that are tried', () => {
  it('ER1 newest first: the migration’s own is found behind a chosen one that is damaged, and used unasked', async () => {
    const kit = await twoGenerations();
    const [older, newest] = contents(kit);
    damageEntry(kit, 'task-store', older);
    const { client } = kit.start();
    const result = await settled(kit, client.rollback({ reason: 'USER_REQUEST', backupId: idIn(older) }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL', escalation: 1 });
    expect(result.warnings.map(({ code }) => code)).toEqual(['BACKUP_DAMAGED']);
    expect(storageOf(kit)).toEqual({ ...Object.fromEntries(ENTRIES), settings: 'newer', 'task-store': NEWER });
    const { receipt } = await client.report(result.runId);
    expect(receipt.backupId).toBe(idIn(newest));
    expect(receipt.keys.map(({ verdict }) => verdict)).toEqual(Array(receipt.keys.length).fill('exact'));
  });

  it('ER2 a copy that was imported while the search had stopped is used unasked', async () => {
    const kit = await twoGenerations();
    const { client } = kit.start();
    const [, newest] = contents(kit);
    const downloaded = await client.backups.export(idIn(newest));
    damageEntry(kit, 'task-store', newest);
    const first = await asking(kit);
    expect(first.question).toMatchObject({ question: 'olderBackup' });
    expect(await answered(kit, first, 'stop')).toMatchObject({ outcome: 'unchanged' });
    await client.backups.import(downloaded);
    const result = await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS', warnings: [] });
    expect(storageOf(kit)).toMatchObject({ settings: 'newer', 'task-store': NEWER });
  });

  it('ER3 an older one is used only after the question, and until then nothing is changed', async () => {
    const kit = await twoGenerations();
    const [older, newest] = contents(kit);
    damageEntry(kit, 'environments', newest);
    const before = { storage: storageOf(kit), tasks: rowsOf(kit, 'tasks') };
    const run = await asking(kit);
    expect(run.question).toMatchObject({
      question: 'olderBackup',
      choices: ['useOlderBackup', 'reconstruct', 'stop'],
      backupId: idIn(older),
      keys: 4,
    });
    expect({ storage: storageOf(kit), tasks: rowsOf(kit, 'tasks') }).toEqual(before);
    expect(run.process.ports.database.count('clear')).toBe(0);
    const result = await answered(kit, run, 'useOlderBackup');
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL', escalation: 2, success: false });
    expect(result.warnings.map(({ code }) => code)).toEqual(['BACKUP_DAMAGED', 'BACKUP_OLDER']);
    // Form data that is newer is left alone, whichever backup it is.
    expect(storageOf(kit)).toEqual({ ...Object.fromEntries(ENTRIES), settings: 'newer', 'task-store': OLDER });
    const { receipt, markdown } = await run.process.client.report(result.runId);
    expect(receipt).toMatchObject({ copy: 'older', backupId: idIn(older) });
    // Where the damaged backup’s own head tells the same hash, the older text is proved.
    const verdicts = Object.fromEntries(receipt.keys.map(({ key, verdict }) => [key, verdict]));
    expect(verdicts).toEqual({
      'task-store': 'older',
      environments: 'exact',
      'draft:1': 'exact',
      settings: 'newerKept',
    });
    expect(markdown).toContain('an older backup');
  });

  it('ER11 an older text that nothing proves is told as older, never as exact', async () => {
    const kit = await twoGenerations();
    loseBackup(kit);
    const run = await asking(kit);
    const result = await answered(kit, run, 'useOlderBackup');
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL' });
    const { receipt, markdown } = await run.process.client.report(result.runId);
    const verdicts = Object.fromEntries(receipt.keys.map(({ key, verdict }) => [key, verdict]));
    expect(verdicts).toMatchObject({ 'task-store': 'older', environments: 'older' });
    expect(markdown).not.toContain('byte for byte');
  });

  it('ER3 wanting to see what can be put together asks again, the older one among the choices', async () => {
    const kit = await twoGenerations();
    const [older, newest] = contents(kit);
    kit.vault.disk.delete(newest);
    kit.database.update('tasks', { id: 'a' }, { title: 'edited' });
    const run = await asking(kit);
    await run.process.client.decide({ question: 'olderBackup', choice: 'reconstruct' });
    await kit.clock.advance(1000);
    const { question } = run.process.client.getSnapshot();
    expect(question).toMatchObject({
      question: 'reconstruction',
      choices: ['useReconstruction', 'useOlderBackup', 'stop'],
    });
    const again = { ...run, question: question as never };
    expect(await answered(kit, again, 'useOlderBackup')).toMatchObject({ outcome: 'rolledBack', escalation: 2 });
    const { receipt } = await run.process.client.report((await run.ending).runId);
    expect(receipt.backupId).toBe(idIn(older));
    // The edited row is drift and was merged onto the older text.
    expect(storageOf(kit)['task-store']).toContain('"edited"');
  });
});

describe('backups that are passed over', () => {
  const lies: Readonly<Record<string, (text: string) => string>> = {
    'another migration’s': (text) => craft(text, (head) => Object.assign(head, { migration: 'another' })),
    'another definition’s': (text) => craft(text, (head) => Object.assign(head, { definition: 'f'.repeat(64) })),
    'another origin’s': (text) => craft(text, (head) => Object.assign(head, { origin: 'https://evil.example' })),
    'another user’s': (text) => craft(text, (head) => Object.assign(head, { user: 'mallory' })),
    'of a newer format': (text) => text.replace('backpedal-backup/1', 'backpedal-backup/9'),
    'shorter than its head says': (text) => text.slice(0, -3),
    'longer than its head says': (text) => `${text}x`,
    empty: () => '',
  };

  it.each(Object.entries(lies))('ER1 one that is %s', async (_, lie) => {
    const kit = await twoGenerations();
    const [older, newest] = contents(kit);
    const text = lie(kit.vault.disk.get(older) ?? '');
    kit.vault.disk.set(older, text);
    kit.vault.disk.set(older.replace('/content', '/head'), text.split('\n').slice(0, 2).join('\n').concat('\n'));
    damageEntry(kit, 'task-store', newest);
    const { question } = await asking(kit);
    expect(question.question).toBe('reconstruction');
    expect(question.choices).not.toContain('useOlderBackup');
  });

  it('ER1 one that the vault itself finds damaged, and the next one is tried all the same', async () => {
    const kit = await twoGenerations();
    const [older, newest] = contents(kit);
    const damaged = new VaultError('VAULT_DAMAGED', 'The file is damaged.');
    const isNewest = ({ arguments: [name] }: { readonly arguments: readonly unknown[] }): boolean =>
      name === newest || name === newest.replace('/content', '/head');
    const process = kit.start({
      vault: [
        { operation: 'get', repeat: 'forever', moment: 'before', when: isNewest, behaviour: { throws: damaged } },
      ],
    });
    const run = await asking(kit, {}, process);
    expect(run.question).toMatchObject({ question: 'olderBackup', backupId: idIn(older) });
    expect(await answered(kit, run, 'useOlderBackup')).toMatchObject({ outcome: 'rolledBack' });
  });

  it('ER1 a forged one: every hash is right, and the seal is not', async () => {
    const seal: SealPort = {
      sign: async (text) => createHmac('sha256', 'key of the app').update(text).digest('base64'),
      verify: async (text, proof) => createHmac('sha256', 'key of the app').update(text).digest('base64') === proof,
    };
    const kit = createKit({ entries: ENTRIES });
    const { migration, storage, vault, database, clock } = kit;
    const client: Backpedal = createBackpedal({
      migration,
      storage,
      vault,
      database,
      clock,
      seal,
      identity: seededIdentity('sealed'),
    });
    await settled(kit, client.migrate());
    await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
    storage.setItem('task-store', NEWER);
    await settled(kit, client.migrate());
    const [older, newest] = contents(kit);
    const forged = craft(vault.disk.get(older) ?? '', () => {});
    vault.disk.set(older, forged);
    vault.disk.set(older.replace('/content', '/head'), forged.split('\n').slice(0, 2).join('\n').concat('\n'));
    vault.disk.set(newest, '');
    const rolling = client.rollback({ reason: 'USER_REQUEST' });
    rolling.catch(() => undefined);
    while (client.getSnapshot().question === null) await clock.advance(1000);
    expect(client.getSnapshot().question?.choices).not.toContain('useOlderBackup');
    await client.decide({ question: 'reconstruction', choice: 'stop' });
    expect(await settled(kit, rolling)).toMatchObject({ outcome: 'unchanged' });
  });
});
