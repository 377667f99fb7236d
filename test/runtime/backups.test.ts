import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DatabaseError, StorageError } from '../../src/index.ts';
import { sha256 } from '../../src/runtime/text-hash.ts';
import { withFaults } from '../../src/testing/index.ts';
import { takeApart } from './craft-backup.ts';
import { CONTENT, codeOf, DEFINITION, type Device, device, imageOf, keysOf, migrated, sorted } from './kit.ts';

const names = (on: Device): string[] => [...on.vault.disk.keys()].filter((name) => name.includes('/backups/'));

/** Migrates and rolls back, `times` times; gives the ids of the backups, oldest first. */
async function generations(on: Device, times: number): Promise<string[]> {
  const ids: string[] = [];
  const client = on.client();
  for (let at = 0; at < times; at++) {
    ids.push((await on.until(client.migrate())).runId);
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
  }
  return ids;
}

/** A run that could go neither forwards nor backwards. */
async function inSafeMode(on: Device): Promise<void> {
  const fails = (error: Error) => async () => Promise.reject(error);
  const client = on.client('stuck', {
    storage: { ...on.storage, write: fails(new StorageError('STORAGE_DENIED', 'No.')) },
    database: { ...on.database, undoClear: fails(new DatabaseError('DATABASE_FAILED', 'No.')) },
  });
  const { outcome } = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
  expect(outcome).toBe('safeMode');
}

describe('backups', () => {
  it('BK1 BK2 a backup holds every key of the migration byte for byte, and no other', async () => {
    const { on, client } = await migrated();
    const [{ id = '', entries = 0, size = 0 } = {}] = await on.until(client.backups.list());
    const { head, values } = takeApart(await on.until(client.backups.export(id)));
    const ours = CONTENT.filter(([key]) => key !== 'length' && key !== 'analytics');
    expect(entries).toBe(ours.length);
    expect(size).toBe(ours.reduce((sum, [, value]) => sum + value.length, 0));
    const kept = head.entries.map(({ key, encoding }, at) => {
      const text = values[at] ?? '';
      return [key, encoding === 'json' ? JSON.parse(text) : text];
    });
    expect(sorted(kept as [string, string][])).toEqual(sorted(ours));
  });

  it('BK2 texts that differ in one unit have different hashes, lone surrogates included', async () => {
    const texts = [
      '',
      '\ufffd',
      '\ud800',
      '\ud801',
      '\udc00',
      'a\ud800',
      '\ud800a',
      '\ud83d\ude00',
      '\ude00\ud83d',
      '\u00ff',
    ];
    const long = texts.map((text) => text + 'x'.repeat(5000));
    const hashes = await Promise.all([...texts, ...long].map(sha256));
    expect(new Set(hashes).size).toBe(texts.length * 2);
  });

  it('BK2 well-formed texts have the hash that every other tool gives them', async () => {
    for (const text of ['', 'abc', '\u{1f600}é', 'x'.repeat(10_000)]) {
      expect(await sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
    }
  });

  it('BK2 values of every kind come back as they were: surrogates, empty, 5 MB, JSON and not', async () => {
    const entries: [string, string][] = [
      ['draft:lone', '\ud800 and \udfff, \ud83d\ude00'],
      ['draft:', ''],
      ['draft:5MB', `\u0000\n${'ab\u00e9\u{1f600}'.repeat(1_048_576)}\ud83d`],
      ['draft:\n\u0000 https://x.example/?a=b&c#d "\\', '"quoted"'],
      ['draft:\ud83d', 'a key that is not well-formed'],
      ['draft:__proto__', '{"__proto__":{"polluted":true}}'],
      ['task-store', '{"state":{"tasks":[{"id":"t1","title":"\\ud83d alone","note":"__proto__"}]}}'],
    ];
    const { on, client } = await migrated({ entries });
    on.storage.removeItem('draft:lone');
    on.storage.removeItem('draft:5MB');
    on.storage.removeItem('draft:\ud83d');
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    const back = keysOf(on.storage);
    expect(back.map(([key, value]) => [key, value.length])).toEqual(
      sorted(entries).map(([key, value]) => [key, value.length]),
    );
    // One comparison for each: a difference in 5 MB is not to be printed.
    for (const [key, value] of entries) expect(on.storage.getItem(key) === value).toBe(true);
  });

  it('BK3 the backup is written, read back, and given its head before any row is copied', async () => {
    const on = device();
    const order: string[] = [];
    const vault = withFaults(on.vault);
    const database = withFaults(on.database);
    const noting = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            if (/^(put|putIfAbsent|get|copy|begin)$/.test(String(name)))
              order.push(`${String(name)} ${String(args[0]).split('/').at(-1)}`);
            return Reflect.apply(member, target, args);
          };
        },
      });
    const client = on.client('a', { vault: noting(vault.port), database: noting(database.port) });
    await on.until(client.migrate());
    const relevant = order.filter((step) => /content|head|copy|begin/.test(step)).map((step) => step.split(' [')[0]);
    expect(relevant.slice(0, 4)).toEqual(['putIfAbsent content', 'get content', 'put head', 'begin']);
  });

  it('BK3 a vault that gives back something else than was written stops the migration before a row is copied', async () => {
    const on = device();
    const lying = {
      ...on.vault,
      get: async (name: string) => {
        const text = await on.vault.get(name);
        return name.endsWith('/content') && text !== null ? `${text.slice(0, -1)}?` : text;
      },
    };
    const before = { keys: keysOf(on.storage), rows: on.database.rows('tasks') };
    const result = await on.until(on.client('a', { vault: lying }).migrate());
    expect(result).toMatchObject({ outcome: 'unchanged', error: { code: 'BACKUP_DAMAGED' } });
    expect({ keys: keysOf(on.storage), rows: on.database.rows('tasks') }).toEqual(before);
    expect(await on.until(on.client('b').backups.list())).toEqual([]);
  });

  it('BK3 a crash between content and head leaves nothing that passes for a backup', async () => {
    const { on, client } = await migrated();
    const head = names(on).find((name) => name.endsWith('/head')) ?? '';
    on.vault.disk.delete(head);
    expect(await on.until(client.backups.list())).toEqual([]);
    const before = imageOf(on);
    expect(await on.until(client.canRollback())).toMatchObject({ canRollback: false, backupAvailable: false });
    expect(await codeOf(on.until(client.plan()))).toBe('BACKUP_NOT_FOUND');
    expect(imageOf(on)).toEqual(before);
  });

  it('BK4 generations are ordered by number, though the clock was set back', async () => {
    const on = device();
    const [first = ''] = await generations(on, 1);
    on.clock.jump(-400 * 86_400_000);
    const [second = ''] = await generations(on, 1);
    const list = await on.until(on.client('b').backups.list());
    expect(list.map(({ id }) => id)).toEqual([second, first]);
    expect(Date.parse(list[0]?.createdAt ?? '')).toBeLessThan(Date.parse(list[1]?.createdAt ?? ''));
  });

  it('BK4 a generation after a damaged one gets a higher number than that', async () => {
    const on = device();
    await generations(on, 1);
    const head = names(on).find((name) => name.endsWith('/head')) ?? '';
    on.vault.disk.set(head, 'damaged');
    await generations(on, 1);
    const numbers = names(on)
      .filter((name) => name.endsWith('/head'))
      .map((name) => name.split('/')[2]?.slice(0, 6));
    expect(numbers).toEqual(['000001', '000002']);
  });

  it('BK4 one whose head is damaged, or another one’s, is told apart from none', async () => {
    const { on, client } = await migrated();
    const head = names(on).find((name) => name.endsWith('/head')) ?? '';
    const [{ id = '' } = {}] = await on.until(client.backups.list());
    const text = on.vault.disk.get(head) ?? '';
    for (const damage of ['', text.slice(0, -9), text.replaceAll(id, 'x-9')]) {
      on.vault.disk.set(head, damage);
      expect(await on.until(client.backups.verify(id))).toMatchObject({
        valid: false,
        error: { code: 'BACKUP_DAMAGED' },
      });
      expect(await codeOf(on.until(client.plan()))).toBe('BACKUP_DAMAGED');
      expect(await on.until(client.canRollback())).toMatchObject({
        canRollback: false,
        reason: expect.stringContaining('damaged'),
      });
    }
    expect(await codeOf(on.until(client.backups.verify('never-was')))).toBe('BACKUP_NOT_FOUND');
  });

  it('BK5 the last backup that verifies cannot be removed, though a damaged one is left', async () => {
    const on = device();
    const [first = '', second = ''] = await generations(on, 2);
    const client = on.client('b');
    const content = names(on).find((name) => name.includes(first) && name.endsWith('/content')) ?? '';
    on.vault.disk.set(content, `${on.vault.disk.get(content)}!`);
    const before = imageOf(on);
    expect(await codeOf(on.until(client.backups.remove(second)))).toBe('BACKUP_LAST_GOOD');
    expect(imageOf(on)).toEqual(before);
    await on.until(client.backups.remove(first));
    expect((await on.until(client.backups.list())).map(({ id }) => id)).toEqual([second]);
    expect(names(on).filter((name) => name.includes(first))).toEqual([]);
    expect(await codeOf(on.until(client.backups.remove(first)))).toBe('BACKUP_NOT_FOUND');
  });

  it('BK10 one whose head is damaged can be removed', async () => {
    const on = device();
    const [first = '', second = ''] = await generations(on, 2);
    on.vault.disk.set(names(on).find((name) => name.includes(first) && name.endsWith('/head')) ?? '', 'damaged');
    await on.until(on.client('b').backups.remove(first));
    expect(names(on).filter((name) => name.includes(first))).toEqual([]);
    expect((await on.until(on.client('c').backups.list())).map(({ id }) => id)).toEqual([second]);
  });

  it('BK5 one that a run may still need cannot be removed', async () => {
    const on = device();
    const [old = ''] = await generations(on, 1);
    const client = on.client('b');
    const { runId } = await on.until(client.migrate());
    const before = imageOf(on);
    expect(await codeOf(on.until(client.backups.remove(runId)))).toBe('BACKUP_PINNED');
    expect(imageOf(on)).toEqual(before);
    await on.until(client.backups.remove(old));
  });

  it('BK5 in safe mode no backup is removed', async () => {
    const on = device();
    const [old = ''] = await generations(on, 1);
    await on.until(on.client('b').migrate());
    await inSafeMode(on);
    const before = imageOf(on);
    expect(await codeOf(on.until(on.client('c').backups.remove(old)))).toBe('SAFE_MODE');
    expect(imageOf(on)).toEqual(before);
  });

  it('BK6 what was exported is imported again as it was, once', async () => {
    const on = device();
    const [first = '', second = ''] = await generations(on, 2);
    const client = on.client('b');
    const text = await on.until(client.backups.export(first));
    const before = (await on.until(client.backups.list())).find(({ id }) => id === first);
    await on.until(client.backups.remove(first));
    expect(await on.until(client.backups.import(text))).toEqual(before);
    expect(await on.until(client.backups.import(text))).toEqual(before);
    const list = await on.until(client.backups.list());
    expect(list.map(({ id }) => id)).toEqual([first, second]);
    expect(await on.until(client.backups.export(first))).toBe(text);
    expect((await on.until(client.audit.list())).filter(({ type }) => type === 'BACKUP_IMPORTED')).toHaveLength(1);
  });

  it('BK10 importing mends a generation that is damaged, and the rollback uses it', async () => {
    const { on, client } = await migrated();
    const [{ id = '' } = {}] = await on.until(client.backups.list());
    const text = await on.until(client.backups.export(id));
    for (const part of ['/content', '/head']) {
      on.vault.disk.set(names(on).find((name) => name.endsWith(part)) ?? '', 'damaged');
      expect(await on.until(client.backups.verify(id))).toMatchObject({ valid: false });
      await on.until(client.backups.import(text));
      expect(await on.until(client.backups.verify(id))).toMatchObject({ valid: true });
    }
    expect(await on.until(client.backups.list())).toHaveLength(1);
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(await on.until(client.metrics())).toMatchObject({ dataRestored: { tasks: 3, environments: 2 } });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('BK10 a damaged backup can be downloaded all the same', async () => {
    const { on, client } = await migrated();
    const [{ id = '' } = {}] = await on.until(client.backups.list());
    on.vault.disk.set(names(on).find((name) => name.endsWith('/content')) ?? '', 'what is left');
    on.vault.disk.set(names(on).find((name) => name.endsWith('/head')) ?? '', 'damaged');
    expect(await on.until(client.backups.export(id))).toBe('what is left');
  });

  it('BK6 a rollback with an imported, older backup restores that one', async () => {
    const on = device();
    const [first = ''] = await generations(on, 1);
    const client = on.client('b');
    on.storage.setItem('task-store', '{"state":{"tasks":[{"id":"t7","title":"later"}]}}');
    await on.until(client.migrate());
    expect((await on.until(client.plan({ backupId: first }))).backupId).toBe(first);
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST', backupId: first }));
    expect(result.outcome).toBe('rolledBack');
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('BK8 beside its backup a migration keeps the digests of its rows and of its collections', async () => {
    const { on } = await migrated();
    const name = names(on).find((entry) => entry.endsWith('/digests')) ?? '';
    const digests = JSON.parse((on.vault.disk.get(name) ?? '').slice(65));
    expect(digests.collections).toMatchObject([
      { collection: 'tasks', rows: 3 },
      { collection: 'environments', rows: 2 },
    ]);
    expect(digests.rows.tasks.map(({ key }: { key: string }) => key)).toEqual(['["t1"]', '["t2"]', '["t3"]']);
    expect(digests.rows.environments).toHaveLength(2);
  });

  it('BK9 retention removes what is older than the days, beyond the number, seen by three starts, and needed by no run', async () => {
    const on = device({ definition: { ...DEFINITION, retention: { days: 30, backups: 2 } } });
    const ids = await generations(on, 4);
    const left = async () => (await on.until(on.client('r').backups.list())).map(({ id }) => id);
    await on.until(on.client('b').recover());
    expect(await left()).toEqual([...ids].reverse());
    await on.clock.advance(31 * 86_400_000);
    await on.until(on.client('c').recover());
    expect(await left()).toEqual([...ids].reverse());
    await on.until(on.client('c2').recover());
    expect(await left()).toEqual([ids[3], ids[2]]);
    await on.clock.advance(400 * 86_400_000);
    await on.until(on.client('d').recover());
    expect(await left()).toEqual([ids[3], ids[2]]);
  });

  it('BK9 what a rollback moved out and displaced is kept as long, and no longer', async () => {
    const on = device({ definition: { ...DEFINITION, retention: { days: 30, backups: 2 } } });
    const client = on.client('a');
    await on.until(client.migrate());
    on.storage.setItem('task-store', 'written by the app since');
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' }));
    const kept = async () => {
      const { rows, displaced } = await on.until(client.archive.list());
      return [rows.length, displaced.length];
    };
    for (const name of ['b', 'c', 'd']) await on.until(on.client(name).recover());
    expect(await kept()).toEqual([2, 1]);
    await on.clock.advance(31 * 86_400_000);
    expect((await on.until(client.archive.export(runId))).rows).toHaveLength(5);
    await on.until(on.client('e').recover());
    expect(await kept()).toEqual([0, 0]);
    expect(on.database.store.leases.get(on.migration.id)?.holder ?? null).toBeNull();
  });

  it('BK9 an archive is not touched while somebody else is at work in the database', async () => {
    const on = device({ definition: { ...DEFINITION, retention: { days: 30, backups: 2 } } });
    const client = on.client('a');
    await on.until(client.migrate());
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    for (const name of ['b', 'c', 'd']) await on.until(on.client(name).recover());
    await on.clock.advance(31 * 86_400_000);
    const lease = { migration: on.migration.id, run: 'other', storage: 'elsewhere', mode: 'whenFree' } as const;
    const granted = await on.database.lease(lease);
    await on.until(on.client('e').recover());
    expect((await on.until(client.archive.list())).rows).toHaveLength(2);
    expect((await on.database.ledger(on.migration.id)).holder?.run).toBe('other');
    if (granted.status === 'granted')
      await on.database.release({ migration: on.migration.id, run: 'other', token: granted.token });
    await on.until(on.client('f').recover());
    expect((await on.until(client.archive.list())).rows).toEqual([]);
  });

  it('BK9 retention keeps the backup of the migration in force, however old and whatever came after', async () => {
    const on = device({ definition: { ...DEFINITION, retention: { days: 1, backups: 1 } } });
    const [old = ''] = await generations(on, 1);
    const client = on.client('b');
    const text = await on.until(client.backups.export(old));
    const { runId } = await on.until(client.migrate());
    await on.clock.advance(10 * 86_400_000);
    for (const name of ['c', 'd', 'e']) await on.until(on.client(name).recover());
    expect((await on.until(client.backups.list())).map(({ id }) => id)).toEqual([runId]);
    // The imported one is the newest by number, so that the one in force is beyond the number that is kept.
    await on.until(client.backups.import(text));
    await on.until(client.recover());
    expect((await on.until(client.backups.list())).map(({ id }) => id)).toEqual([old, runId]);
  });
});
