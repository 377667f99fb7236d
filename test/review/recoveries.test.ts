import { describe, expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import { createJournal } from '../../src/runtime/journal.ts';
import { memoryVault } from '../../src/testing/index.ts';
import { CONTENT, codeOf, DEFINITION, type Device, device, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { processOn } from '../runtime/mortal.ts';

const DAY = 86_400_000;

const rollback = (client: Backpedal): Promise<unknown> => client.rollback({ reason: 'USER_REQUEST' });

/** What a browser does to IndexedDB, and not to localStorage, when it needs room. */
const evict = (on: Device): void => on.vault.disk.clear();

/** The first record of the journal is damaged, so that it cannot be read any more. */
function damageJournal(on: Device): void {
  const [first = ''] = [...on.vault.disk.keys()].filter((name) => name.includes('/journal/')).sort();
  on.vault.disk.set(first, `${on.vault.disk.get(first)} `);
}

/** Starts that look and find nothing to do, so many and so far apart. */
async function starts(on: Device, count: number, apart: number): Promise<void> {
  for (let start = 0; start < count; start++) {
    await on.clock.advance(apart);
    await on.until(on.client(`start-${start}-${on.clock.now()}`).recover());
  }
}

describe('keys that stay in storage because an item was refused', () => {
  const refusing = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) =>
        (value as { id: string }).id === 'e1' ? { issues: [{ message: 'refused' }] } : { value },
    },
  };
  const definition = {
    ...DEFINITION,
    triggers: { validationFailures: 0.5 },
    collections: { ...DEFINITION.collections, environments: { storageKey: 'environments', schema: refusing } },
  } as typeof DEFINITION;

  it('CR6 are not taken for keys that came back, and stay', async () => {
    const on = device({ definition });
    await on.until(on.client().migrate());
    on.storage.flush();
    await on.until(rollback(on.client('r')));
    on.storage.flush();
    expect(await on.until(on.client('m').migrate())).toMatchObject({ outcome: 'migrated', finalStatus: 'PARTIAL' });
    on.storage.crash('none');
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'restoredAgain' });
    expect(on.storage.getItem('task-store')).toBeNull();
    expect(on.storage.getItem('environments')).toBe(new Map(CONTENT).get('environments'));
  });
});

describe('what a recovery still has to announce', () => {
  it('CR9 CL10 is announced by the next start, as what it was', async () => {
    const { on, client } = await migrated();
    on.storage.flush();
    await on.until(rollback(client));
    on.storage.crash('none');
    const vault = {
      ...on.vault,
      putIfAbsent: async (name: string, text: string) => {
        if (name.includes('/audit/')) throw new Error('Told to fail.');
        return on.vault.putIfAbsent(name, text);
      },
      put: async (name: string, text: string) => {
        if (name.includes('/audit/')) throw new Error('Told to fail.');
        return on.vault.put(name, text);
      },
    };
    const entries = (await client.audit.list()).length;
    await on.until(on.client('b', { vault }).recover());
    expect(on.records().at(-1)?.snapshot.context.debts).toEqual(['announce']);
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'debtsPaid' });
    const audit = await client.audit.list();
    expect(audit).toHaveLength(entries + 1);
    expect(audit.at(-1)).toMatchObject({ type: 'CRASH_RECOVERY', detail: 'restoredAgain' });
  });
});

describe('a journal that is evicted after its last run had ended', () => {
  it('CR4 a rollback that had given its lease back is complete, whatever the app has written since', async () => {
    for (const change of ['written', 'removed'] as const) {
      const { on, client } = await migrated();
      await on.until(rollback(client));
      if (change === 'written') on.storage.setItem('environments', '{"e1":{"id":"e1","name":"since"}}');
      else for (const [key] of keysOf(on.storage)) on.storage.removeItem(key);
      evict(on);
      const before = keysOf(on.storage);
      expect(await on.until(on.client('b').recover())).toMatchObject({
        action: 'completed',
        migrationState: 'ROLLED_BACK',
      });
      expect(keysOf(on.storage)).toEqual(before);
    }
  });

  it('CR4 a migration that had been undone, source and copy, is not known as one that had ended', async () => {
    const { on } = await stopped();
    evict(on);
    expect(await on.until(on.client('b').recover())).toMatchObject({ migrationState: 'NOT_STARTED' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(await on.until(on.client('c').migrate())).toMatchObject({ outcome: 'migrated' });
  });

  it('CR4 the rows of a migration that had ended stay, though its marker is gone and its keys are written again', async () => {
    const { on } = await migrated();
    on.storage.clear();
    on.storage.setItem('task-store', '{"state":{"tasks":[],"filter":1},"version":3}');
    damageJournal(on);
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'adopted', migrationState: 'MIGRATED' });
    expect(on.database.rows('tasks')).toHaveLength(3);
  });
});

/** A migration that was stopped once its source was cleared, and has put it back and its rows away. */
async function stopped(): Promise<{ on: Device }> {
  const on = device();
  let isLost = false;
  const database = new Proxy(on.database, {
    get: (target, name) =>
      isLost && name === 'ping' ? () => Promise.reject(new Error('Told to fail.')) : Reflect.get(target, name),
  });
  const storage = {
    ...on.storage,
    write: async (...[writes, permitted]: Parameters<Device['storage']['write']>) => {
      const outcome = await on.storage.write(writes, permitted);
      if (writes.some(({ key, value }) => key === 'task-store' && value === null)) {
        isLost = true;
        await on.clock.sleep(20_000);
      }
      return outcome;
    },
  };
  const { outcome } = await on.until(on.client('a', { storage, database }).migrate());
  if (outcome !== 'unchanged') throw new Error(`It ended ${outcome}.`);
  return { on };
}

describe('settling', () => {
  it('CR7 a burst that was written again has to settle anew', async () => {
    const { on, client } = await migrated();
    on.storage.flush();
    await on.until(rollback(client));
    await starts(on, 2, DAY);
    on.storage.crash('none');
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'restoredAgain' });
    await starts(on, 1, 1000);
    on.storage.crash('none');
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'restoredAgain' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CR7 a rollback within another run settles as well', async () => {
    const { on } = await migrated({ definition: { ...DEFINITION, settleAfter: 10_000 } });
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    const isBefore = (text: string): boolean => text.includes('"restoreStorage"');
    const vault = {
      ...ports.vault,
      putIfAbsent: async (name: string, text: string) => {
        const outcome = await ports.vault.putIfAbsent(name, text);
        if (isBefore(text)) death.abort();
        return outcome;
      },
    };
    void rollback(on.client('old', { ...ports, vault }));
    await on.clock.advance(0);
    damageJournal(on);
    expect(await on.until(on.client('b').recover())).toMatchObject({
      action: 'retried',
      migrationState: 'ROLLED_BACK',
    });
    await starts(on, 4, 5000);
    on.storage.clear();
    expect(await on.until(on.client('late').recover())).toMatchObject({ action: 'nothingToDo' });
  });

  it('CR6 merged drift that the browser lost together with the migration before is written again', async () => {
    const on = device({ definition: { ...DEFINITION, onDrift: 'merge' } });
    on.storage.flush();
    const client = on.client();
    await on.until(client.migrate());
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    await on.until(rollback(client));
    const after = keysOf(on.storage);
    on.storage.crash('none');
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'restoredAgain' });
    expect(keysOf(on.storage)).toEqual(after);
  });

  it('CR6 a source that was put back after a rollback within the migration had been undone is put back again', async () => {
    const on = device();
    let client: Backpedal | null = null;
    const storage = {
      ...on.storage,
      write: async (...[writes, permitted]: Parameters<Device['storage']['write']>) => {
        const outcome = await on.storage.write(writes, permitted);
        const isClearing = on.records().at(-1)?.commands.includes('clearSource') === true;
        if (isClearing) await client?.cancel();
        return outcome;
      },
      read: async (keys: readonly string[]) => {
        const values = await on.storage.read(keys);
        const state = JSON.stringify(on.records().at(-1)?.snapshot.value) ?? '';
        if (state.includes('verifyingData') && values.has('task-store')) values.set('task-store', 'a lie');
        return values;
      },
    };
    client = on.client('a', { storage });
    expect(await on.until(client.migrate())).toMatchObject({ outcome: 'unchanged' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    // Two keys and the marker.
    on.storage.crash({ prefix: on.storage.unflushed() - 3 });
    expect(on.storage.getItem('task-store')).toBeNull();
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'restoredAgain' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CR7 BK9 the backup of a rollback that has not settled cannot be removed', async () => {
    const { on, client } = await migrated();
    await on.until(rollback(client));
    const [first] = await on.until(client.backups.list());
    await on.until(client.migrate());
    await on.until(rollback(client));
    const all = await on.until(client.backups.list());
    const newest = all.find(({ id }) => id !== first?.id)?.id ?? '';
    expect(await codeOf(on.until(client.backups.remove(newest)))).toBe('BACKUP_PINNED');
  });
});

describe('a journal that is replaced by two at once', () => {
  const draft = {
    run: 'r',
    parent: null,
    machine: { id: 'crashRecovery' as const, version: 1 },
    at: 0,
    activeMs: 0,
    event: { type: 'BEGIN' },
    snapshot: { value: 'x', context: { run: 'r', token: 0, attempts: 0 } },
    commands: [],
  };

  it('JN11 CR8 whoever comes late does not replace the new one', async () => {
    const vault = memoryVault();
    await vault.put('m/journal/000000000000', 'damaged');
    const [quick, late] = [createJournal(vault, 'm'), createJournal(vault, 'm')];
    for (const journal of [quick, late]) expect(await codeOf(journal.read())).toBe('JOURNAL_UNREADABLE');
    await quick.replace();
    const first = await quick.append(null, draft);
    await late.replace();
    expect(await codeOf(late.append(null, { ...draft, run: 'late' }))).toBe('JOURNAL_CONFLICT');
    await quick.append(first, draft);
    expect(await createJournal(vault, 'm').read()).toHaveLength(2);
  });

  it('JN11 a holder who has read the new one goes on behind his own record, and is refused there', async () => {
    const vault = memoryVault();
    const [holder, other] = [createJournal(vault, 'm'), createJournal(vault, 'm')];
    let last = await holder.append(null, draft);
    for (let seq = 1; seq < 4; seq++) last = await holder.append(last, draft);
    await vault.put('m/journal/000000000001', 'damaged');
    expect(await codeOf(other.read())).toBe('JOURNAL_UNREADABLE');
    await other.replace();
    await other.append(null, draft);
    await holder.read();
    expect(await codeOf(holder.append(last, draft))).toBe('JOURNAL_CONFLICT');
    expect(await createJournal(vault, 'm').read()).toHaveLength(1);
  });

  it('JN3 one that was begun anew, after everything stored had been removed, is read by whoever knew the old one', async () => {
    const vault = memoryVault();
    const [old, other] = [createJournal(vault, 'm'), createJournal(vault, 'm')];
    await old.append(null, draft);
    vault.disk.clear();
    const first = await other.append(null, { ...draft, run: 'other' });
    await other.append(first, { ...draft, run: 'other' });
    expect((await old.read()).map(({ run }) => run)).toEqual(['other', 'other']);
  });
});
