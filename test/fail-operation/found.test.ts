import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/errors.ts';
import type { VaultPort } from '../../src/ports/vault.ts';
import { CONTENT, device, imageOf, keysOf, migrated, sorted, turn } from '../runtime/kit.ts';
import { dieAtRecord, processOn } from '../runtime/mortal.ts';

/** A vault that does not find the newest name below a folder. */
const forgetful = (vault: VaultPort, folder: string): VaultPort => ({
  ...vault,
  list: async (prefix) => {
    const names = await vault.list(prefix);
    return prefix.includes(folder) ? names.slice(0, -1) : names;
  },
});

describe('what failing operations have brought to light', () => {
  it('FO4 a logger that throws, or that rejects, changes nothing', async () => {
    for (const write of [
      () => {
        throw new Error('told to fail');
      },
      () => Promise.reject(new Error('told to fail')),
    ]) {
      const on = device();
      const logger = { debug: write, info: write, warn: write, error: write };
      const notify = () => Promise.reject(new Error('told to fail'));
      const client = on.client('a', { logger, notify });
      expect((await on.until(client.recover())).action).toBe('nothingToDo');
      expect((await on.until(client.migrate())).outcome).toBe('migrated');
      expect((await on.until(client.rollback({ reason: 'USER_REQUEST' }))).outcome).toBe('rolledBack');
      expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    }
  });

  it('FO3 an audit trail whose newest entry the vault does not list is a warning, not a run without end', async () => {
    const { on } = await migrated();
    const client = on.client('b', { vault: forgetful(on.vault, '/audit/') });
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL' });
  });

  it('FO5 a run whose vault does not keep what is displaced changes nothing', async () => {
    const { on } = await migrated();
    on.storage.setItem('task-store', 'written by the app since');
    const before = keysOf(on.storage);
    const put: VaultPort['put'] = async (name, text) =>
      name.includes('/displaced/') ? undefined : on.vault.put(name, text);
    const client = on.client('b', { vault: { ...on.vault, put } });
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    expect(result).toMatchObject({ outcome: 'unchanged', finalStatus: 'FAILED' });
    expect(keysOf(on.storage)).toEqual(before);
    expect(on.database.rows('tasks')).toHaveLength(3);
  });

  it('FO6 an archive that seems empty once is asked again, and what people did is merged', async () => {
    const { on } = await migrated();
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    let lies = 1;
    const database = { ...on.database };
    database.archived = async (query) => {
      lies -= 1;
      return lies >= 0 ? { rows: [], next: null } : on.database.archived(query);
    };
    const client = on.client('b', { database });
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    expect(result.outcome).toBe('rolledBack');
    expect(on.storage.getItem('task-store')).toContain('changed');
  });

  it('FO3 a journal and a burst that are lost together leave nobody with an empty app', async () => {
    const { on, client } = await migrated();
    on.storage.flush();
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    on.storage.crash('none');
    const [first = ''] = [...on.vault.disk.keys()].filter((name) => name.includes('/journal')).sort();
    on.vault.disk.set(first, `${on.vault.disk.get(first)} `);
    const { migrationState } = await on.until(on.client('b').recover());
    expect(migrationState).toBe('ROLLED_BACK');
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('FO3 a lost burst is not restored without what had been merged into it', async () => {
    const { on, client } = await migrated();
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    on.storage.flush();
    await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    on.storage.crash('none');
    const before = keysOf(on.storage);
    const get: VaultPort['get'] = async (name) => (name.includes('/merged') ? null : on.vault.get(name));
    await on.until(on.client('b', { vault: { ...on.vault, get } }).recover());
    expect(keysOf(on.storage)).toEqual(before);
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'restoredAgain' });
    expect(on.storage.getItem('task-store')).toContain('changed');
  });

  it('FO3 a record that the vault does not find once does not cost the journal', async () => {
    const { on } = await migrated();
    const before = on.records().length;
    for (let at = 0; at < before; at++) {
      let lies = 1;
      const get: VaultPort['get'] = async (name) => {
        if (!name.endsWith(`/journal/${String(at).padStart(12, '0')}`)) return on.vault.get(name);
        lies -= 1;
        return lies >= 0 ? null : on.vault.get(name);
      };
      const client = on.client(`b-${at}`, { vault: { ...on.vault, get } });
      expect(await on.until(client.recover())).toMatchObject({ action: 'nothingToDo', migrationState: 'MIGRATED' });
    }
    expect(on.records()).toHaveLength(before);
  });

  it('FO7 a store that storage does not list is migrated all the same', async () => {
    const on = device();
    const storage = { ...on.storage };
    storage.keys = async () => (await on.storage.keys()).filter((key) => key !== 'task-store');
    expect(await on.until(on.client('a', { storage }).migrate())).toMatchObject({ outcome: 'migrated' });
    expect(on.database.rows('tasks')).toHaveLength(3);
    expect(on.storage.getItem('task-store')).toBeNull();
  });

  it('FO8 a start comes to its end where the vault keeps no record, though it says so', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    const dying = on.client('old', { ...ports, vault: dieAtRecord(ports.vault, death, 5, 'after') });
    void dying.rollback({ reason: 'USER_REQUEST' });
    await turn(on);
    expect(death.signal.aborted).toBe(true);
    on.storage.clear();
    const asked = on.client('asked');
    expect(await on.until(asked.recover())).toMatchObject({ action: 'waiting' });
    // The answer is the last that is kept.
    let isKept = true;
    const putIfAbsent: VaultPort['putIfAbsent'] = async (name, text) => {
      if (!isKept) return 'stored';
      isKept = !text.includes('"DECIDE"');
      return on.vault.putIfAbsent(name, text);
    };
    const client = on.client('forgetful', { vault: { ...on.vault, putIfAbsent } });
    await on.until(client.decide({ question: 'emptiedStorage', choice: 'restore' }));
    expect(await on.until(client.recover())).toMatchObject({ action: 'resumed', migrationState: 'ROLLING_BACK' });
    expect(await on.until(on.client('good').recover())).toMatchObject({ migrationState: 'ROLLED_BACK' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT.filter(([key]) => key !== 'length' && key !== 'analytics')));
  });

  it('FO1 a database that fails once while a burst is restored again costs nothing of it', async () => {
    const { on, client } = await migrated();
    on.storage.setItem('task-store', 'written by the app since');
    on.storage.flush();
    await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' }));
    const restored = keysOf(on.storage);
    on.storage.crash('none');
    let ledgers = 0;
    const ledger: typeof on.database.ledger = async (migration) => {
      ledgers += 1;
      if (ledgers === 2) throw new DatabaseError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
      return on.database.ledger(migration);
    };
    const next = on.client('b', { database: { ...on.database, ledger } });
    expect(await on.until(next.recover())).toMatchObject({ action: 'restoredAgain' });
    expect(ledgers).toBeGreaterThan(2);
    expect(keysOf(on.storage)).toEqual(restored);
  });

  it('FO2 a start whose vault hangs at any read is given up, and the next one goes on', async () => {
    const { on, client } = await migrated();
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const before = imageOf(on);
    for (let at = 1; ; at++) {
      let reads = 0;
      const get: VaultPort['get'] = (name) => {
        reads += 1;
        return reads === at ? new Promise(() => undefined) : on.vault.get(name);
      };
      const started = on.client(`hung-${at}`, { vault: { ...on.vault, get } }).recover();
      await on.until(
        started.then(
          () => undefined,
          (error: unknown) => expect(error).toMatchObject({ code: 'OPERATION_TIMED_OUT' }),
        ),
      );
      if (reads < at) break;
    }
    expect((before as { storage: unknown }).storage).toEqual((imageOf(on) as { storage: unknown }).storage);
    expect(await on.until(on.client('next').recover())).toMatchObject({ migrationState: 'ROLLED_BACK' });
  });
});
