import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  BackpedalError,
  CacheError,
  DatabaseError,
  defineMigration,
  StorageError,
  VaultError,
} from '../../src/index.ts';
import { memoryCache, memoryDatabase, withFaults } from '../../src/testing/index.ts';
import { CONTENT, codeOf, DEFINITION, type Device, device, imageOf, keysOf, migrated, SCHEMA } from './kit.ts';
import { dieAtRecord, processOn } from './mortal.ts';

const sha = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
/** A cell of a table ends at a pipe that no odd number of backslashes stands before. */
const END_OF_CELL = /(?<!(?<!\\)(?:\\\\)*\\)\|/;

const fails = (error: unknown) => async () => Promise.reject(error);
const auditNames = (on: Device): string[] =>
  [...on.vault.disk.keys()].filter((name) => name.includes('/audit/')).sort();

/** A rollback that ends in safe mode. */
async function inSafeMode(on: Device, more: Parameters<Device['client']>[1] = {}) {
  const stuck = on.client('stuck', {
    storage: { ...on.storage, write: fails(new StorageError('STORAGE_DENIED', 'No.')) },
    database: { ...on.database, undoClear: fails(new DatabaseError('DATABASE_FAILED', 'No.')) },
    ...more,
  });
  const result = await on.until(stuck.rollback({ reason: 'USER_REQUEST' }));
  expect(result.outcome).toBe('safeMode');
  return result;
}

describe('the audit trail', () => {
  it('AU1 every run leaves one entry with the user’s fields, whatever its end', async () => {
    const { on, client } = await migrated({ user: 'ann' });
    const first = await on.until(
      on
        .client('b', { storage: { ...on.storage, write: fails(new StorageError('STORAGE_DENIED', 'No.')) } })
        .rollback({ reason: 'DATA_CORRUPTION', detail: 'seen' }),
    );
    const second = await inSafeMode(on);
    await on.until(client.unlock({ reason: 'repaired by hand' }));
    const third = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const entries = await on.until(client.audit.list());
    expect(entries.map(({ type, result, outcome, reason }) => `${type} ${result} ${outcome} ${reason}`)).toEqual([
      'MIGRATION SUCCESS migrated USER_REQUEST',
      'MIGRATION_ROLLBACK FAILED unchanged DATA_CORRUPTION',
      'MIGRATION_ROLLBACK FAILED safeMode USER_REQUEST',
      'SAFE_MODE_UNLOCKED SUCCESS undefined repaired by hand',
      'MIGRATION_ROLLBACK SUCCESS rolledBack USER_REQUEST',
    ]);
    expect(entries.map(({ runId }) => runId).slice(1)).toEqual([first.runId, second.runId, second.runId, third.runId]);
    for (const entry of entries) {
      expect(entry).toMatchObject({ migrationId: 'tasks-to-database', performedBy: 'ann' });
      expect(new Date(entry.timestamp).toISOString()).toBe(entry.timestamp);
    }
    expect(entries[4]?.steps).toEqual(third.steps);
    expect(await on.until(client.audit.list({ migrationId: 'another' }))).toEqual([]);
    expect(await on.until(client.audit.list({ migrationId: 'tasks-to-database' }))).toEqual(entries);
  });

  it('AU1 announcing that is interrupted anywhere leaves one entry', async () => {
    // The two moments around the entry: before the record that announces the end, and before the last one.
    for (const k of [10, 11]) {
      for (const moment of ['before', 'after'] as const) {
        const { on } = await migrated();
        const death = new AbortController();
        const ports = processOn(on, death.signal);
        const doomed = on.client('doomed', { ...ports, vault: dieAtRecord(ports.vault, death, k, moment) });
        void doomed.rollback({ reason: 'USER_REQUEST' });
        await on.clock.advance(0);
        expect(death.signal.aborted).toBe(true);
        const client = on.client('next');
        // Something else is entered in between.
        const [{ id = '' } = {}] = await on.until(client.backups.list());
        const text = await on.until(client.backups.export(id));
        on.vault.disk.delete([...on.vault.disk.keys()].find((name) => name.endsWith('/content')) ?? '');
        await on.until(client.backups.import(text));
        await on.until(client.recover());
        const types = (await on.until(client.audit.list())).map(({ type }) => type);
        expect(types.filter((type) => type === 'MIGRATION_ROLLBACK')).toHaveLength(1);
        expect(types).toHaveLength(3);
      }
    }
  });

  it('AU1 an entry that could not be written is owed, and written by the next start, once', async () => {
    for (const act of ['rollback', 'migrate'] as const) {
      const { on } = act === 'rollback' ? await migrated() : { on: device() };
      const before = auditNames(on).length;
      const isAudit = ({ arguments: [name] }: { arguments: readonly unknown[] }): boolean =>
        String(name).includes('/audit/');
      const vault = withFaults(on.vault, [
        {
          operation: 'putIfAbsent',
          when: isAudit,
          repeat: 'forever',
          moment: 'before',
          behaviour: { throws: new VaultError('VAULT_UNAVAILABLE', 'Full.') },
        },
      ]);
      const client = on.client('b', { vault: vault.port });
      const result = await on.until<{ runId: string; finalStatus: string; outcome: string }>(
        act === 'rollback' ? client.rollback({ reason: 'USER_REQUEST' }) : client.migrate(),
      );
      expect(result.finalStatus).toBe('PARTIAL');
      expect(auditNames(on)).toHaveLength(before);
      const next = on.client('c');
      expect(await on.until(next.recover())).toMatchObject({ action: 'debtsPaid' });
      const entries = await on.until(next.audit.list());
      expect(entries).toHaveLength(before + 1);
      expect(entries.at(-1)).toMatchObject({ runId: result.runId, result: 'PARTIAL', outcome: result.outcome });
      expect(on.notes.some(({ title }) => title.endsWith('Complete'))).toBe(true);
      expect(await on.until(on.client('d').recover())).toMatchObject({ action: 'nothingToDo' });
      expect(auditNames(on)).toHaveLength(before + 1);
    }
  });

  it('AU1 the trail is chained by hashes', async () => {
    const { on, client } = await migrated();
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    await on.until(client.migrate());
    const entries = await on.until(client.audit.list());
    expect(entries.map(({ previous }) => previous)).toEqual(['0'.repeat(64), entries[0]?.hash, entries[1]?.hash]);
    for (const name of auditNames(on)) {
      const text = on.vault.disk.get(name) ?? '';
      expect(text.slice(0, 64)).toBe(sha(text.slice(65)));
    }
  });

  it('AU1 a damaged, missing, doubled or forged entry is told', async () => {
    const { on, client } = await migrated();
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    await on.until(client.migrate());
    const [first = '', second = '', third = ''] = auditNames(on);
    const texts = new Map(on.vault.disk);
    const forged = (text: string): string => {
      const json = text.slice(65).replace('"result":"SUCCESS"', '"result":"FAILED"');
      return `${sha(json)}\n${json}`;
    };
    const damages: (() => void)[] = [
      () => on.vault.disk.set(second, `${texts.get(second)} `),
      () => on.vault.disk.set(second, ''),
      () => on.vault.disk.delete(second),
      () => on.vault.disk.delete(first),
      () => on.vault.disk.set(third, texts.get(second) ?? ''),
      () => on.vault.disk.set(second, forged(texts.get(second) ?? '')),
    ];
    for (const damage of damages) {
      damage();
      expect(await codeOf(on.until(client.audit.list()))).toBe('VAULT_DAMAGED');
      for (const [name, text] of texts) on.vault.disk.set(name, text);
    }
    expect(await on.until(client.audit.list())).toHaveLength(3);
  });

  it('AU1 a damaged or missing entry keeps no later one from being written', async () => {
    for (const damage of ['', null]) {
      const { on, client } = await migrated();
      await on.until(client.rollback({ reason: 'USER_REQUEST' }));
      const [first = '', second = ''] = auditNames(on);
      if (damage === null) on.vault.disk.delete(first);
      else on.vault.disk.set(second, damage);
      expect(await on.until(client.migrate())).toMatchObject({ outcome: 'migrated', finalStatus: 'SUCCESS' });
      expect(auditNames(on).at(-1)).toMatch(/2$/);
      expect(await codeOf(on.until(client.audit.list()))).toBe('VAULT_DAMAGED');
    }
  });

  it('AU1 of two processes that append at the same time both entries are there', async () => {
    const { on } = await migrated();
    const one = on.client('p', { migration: defineMigration(DEFINITION) });
    const two = on.client('q');
    const [{ id = '' } = {}] = await on.until(one.backups.list());
    const text = await on.until(one.backups.export(id));
    await on.until(one.rollback({ reason: 'USER_REQUEST' }));
    await on.until(one.migrate());
    await on.until(one.rollback({ reason: 'USER_REQUEST' }));
    const ids = (await on.until(one.backups.list())).map((backup) => backup.id);
    await on.until(one.backups.remove(id));
    await on.until(
      Promise.all([
        one.backups.import(text),
        two.backups.remove(ids.find((other) => other !== id) ?? '').catch(() => undefined),
      ]),
    );
    const types = (await on.until(one.audit.list())).map(({ type }) => type);
    expect(types.filter((type) => type === 'BACKUP_IMPORTED')).toHaveLength(1);
    expect(types.filter((type) => type === 'BACKUP_REMOVED').length).toBeGreaterThanOrEqual(1);
  });
});

describe('unlocking', () => {
  it('AU1 is entered before it takes place: a trail that cannot be written keeps the lock', async () => {
    const { on } = await migrated();
    await inSafeMode(on);
    const isAudit = ({ arguments: [name] }: { arguments: readonly unknown[] }): boolean =>
      String(name).includes('/audit/');
    const full = { throws: new VaultError('VAULT_UNAVAILABLE', 'Full.') };
    const vault = withFaults(on.vault, [
      { operation: 'putIfAbsent', when: isAudit, moment: 'before', behaviour: full },
    ]);
    const client = on.client('b', { vault: vault.port });
    expect(await codeOf(on.until(client.unlock({ reason: 'repaired' })))).toBe('VAULT_UNAVAILABLE');
    expect(await on.until(client.recover())).toMatchObject({ action: 'safeMode' });
    await on.until(client.unlock({ reason: 'repaired' }));
    expect(await on.until(client.recover())).toMatchObject({ migrationState: 'MIGRATED' });
    const entries = (await on.until(client.audit.list())).filter(({ type }) => type === 'SAFE_MODE_UNLOCKED');
    expect(entries).toMatchObject([{ reason: 'repaired' }]);
    expect(await codeOf(on.until(client.unlock({ reason: 'again' })))).toBe('NOT_IN_SAFE_MODE');
  });
});

describe('notifications', () => {
  it('AU2 the user is told of the end in the words of the procedures', async () => {
    const { on, client } = await migrated({ user: 'ann' });
    on.notes.length = 0;
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(on.notes).toMatchObject([
      {
        audience: 'user',
        userId: 'ann',
        type: 'SUCCESS',
        title: 'Migration Rollback Complete',
        message: 'Migration rolled back successfully. Your data has been restored.',
        actions: ['View Details', 'Verify Data'],
      },
    ]);
  });

  it('AU2 with warnings the user is asked to verify the data', async () => {
    const cache = memoryCache();
    const definition = {
      ...DEFINITION,
      collections: {
        ...DEFINITION.collections,
        tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: ['task:*'] },
      },
    };
    const { on } = await migrated({ definition });
    on.notes.length = 0;
    const down = fails(new CacheError('CACHE_UNAVAILABLE', 'No.'));
    await on.until(
      on.client('b', { cache: { ...cache, invalidate: down, count: down } }).rollback({ reason: 'USER_REQUEST' }),
    );
    expect(on.notes).toMatchObject([
      {
        type: 'WARNING',
        title: 'Migration Rollback Complete',
        message: 'Rollback completed with warnings. Please verify your data.',
        actions: ['View Details', 'Verify Data'],
      },
    ]);
  });

  it('AU3 a partial failure alerts the user, and tells engineering and administrators what and how much', async () => {
    const { on } = await migrated({ user: 'ann' });
    on.notes.length = 0;
    await inSafeMode(on);
    expect(on.notes.find(({ audience }) => audience === 'user')).toMatchObject({
      userId: 'ann',
      type: 'CRITICAL',
      message: 'Rollback partially failed. Manual intervention required.',
      actions: ['Contact Support', 'Download Backup'],
    });
    for (const audience of ['engineering', 'administrators']) {
      expect(on.notes.find((note) => note.audience === audience)).toMatchObject({
        type: 'CRITICAL',
        details: {
          reason: 'STORAGE_DENIED',
          suggestedAction: expect.stringContaining('unlock'),
          affectedData: { rows: 5, keys: 5 },
        },
      });
    }
    // Nobody is told that it went well.
    expect(on.notes.every(({ type }) => type === 'CRITICAL')).toBe(true);
  });

  it('AU3 AU1 in safe mode what could not be told is told by the next start, which stays in safe mode', async () => {
    const { on } = await migrated();
    on.notes.length = 0;
    const isAudit = ({ arguments: [name] }: { arguments: readonly unknown[] }): boolean =>
      String(name).includes('/audit/');
    const vault = withFaults(on.vault, [
      {
        operation: 'putIfAbsent',
        when: isAudit,
        repeat: 'forever',
        moment: 'before',
        behaviour: { throws: new VaultError('VAULT_UNAVAILABLE', 'Full.') },
      },
    ]);
    const { runId } = await inSafeMode(on, { vault: vault.port });
    const next = on.client('c');
    expect(await on.until(next.recover())).toMatchObject({ action: 'safeMode', runId });
    expect((await on.until(next.audit.list())).at(-1)).toMatchObject({ runId, outcome: 'safeMode' });
  });

  it('AU4 a notification that fails for a moment is delivered, with the same key each time', async () => {
    const { on } = await migrated();
    const tried: string[] = [];
    const notify = async ({ idempotencyKey }: { idempotencyKey: string }): Promise<void> => {
      tried.push(idempotencyKey);
      if (tried.length < 3) throw new Error('For a moment.');
    };
    const result = await on.until(on.client('b', { notify }).rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(tried).toHaveLength(3);
    expect(new Set(tried).size).toBe(1);
  });

  it('AU4 a notifier that fails for good makes the run PARTIAL; the next start delivers, with the same key', async () => {
    const { on } = await migrated();
    const tried: string[] = [];
    const notify = ({ idempotencyKey }: { idempotencyKey: string }): void => {
      tried.push(idempotencyKey);
      throw new Error('Gone.');
    };
    const result = await on.until(on.client('b', { notify }).rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({
      outcome: 'rolledBack',
      finalStatus: 'PARTIAL',
      warnings: [{ code: 'NOTIFICATION_FAILED' }],
    });
    expect(keysOf(on.storage)).toHaveLength(CONTENT.length);
    on.notes.length = 0;
    await on.until(on.client('c').recover());
    expect(on.notes.map(({ idempotencyKey }) => idempotencyKey)).toEqual([tried[0]]);
    expect(auditNames(on)).toHaveLength(2);
  });

  it('AU4 of several receivers one that fails keeps no other from being told', async () => {
    const { on } = await migrated();
    const told: string[] = [];
    const notify = ({ audience }: { audience: string }): void => {
      if (audience === 'user') throw new Error('No.');
      told.push(audience);
    };
    await inSafeMode(on, { notify });
    expect(new Set(told)).toEqual(new Set(['engineering', 'administrators', 'support']));
  });

  it('AU4 a process that dies while it announces leaves the notification to the next, with the same key', async () => {
    const { on } = await migrated();
    on.notes.length = 0;
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    void on
      .client('doomed', { ...ports, vault: dieAtRecord(ports.vault, death, 11, 'before') })
      .rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(0);
    await on.until(on.client('next').recover());
    expect(on.notes).toHaveLength(2);
    expect(new Set(on.notes.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });
});

describe('the receipt', () => {
  it('AU5 says of each key what was there, what is there, and both hashes', async () => {
    const { on, client } = await migrated();
    on.storage.setItem('environments', 'newer');
    on.storage.removeItem('draft:2');
    on.storage.setItem('settings', '{"theme":"light"}');
    on.database.update('tasks', { id: 't1' }, { title: 'edited' });
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    const { receipt } = await on.until(client.report(runId));
    const original = new Map(CONTENT);
    const hash = (key: string): string => sha(original.get(key) ?? '');
    const now = (key: string): string => sha(on.storage.getItem(key) ?? '');
    const lone = receipt.keys.find(({ key }) => key === 'draft:1');
    expect(receipt.keys.filter(({ key }) => key !== 'draft:1')).toEqual([
      {
        key: 'task-store',
        kind: 'collection',
        before: null,
        after: now('task-store'),
        backup: hash('task-store'),
        verdict: 'merged',
      },
      {
        key: 'environments',
        kind: 'collection',
        before: sha('newer'),
        after: hash('environments'),
        backup: hash('environments'),
        verdict: 'exact',
      },
      {
        key: 'draft:2',
        kind: 'formData',
        before: null,
        after: hash('draft:2'),
        backup: hash('draft:2'),
        verdict: 'exact',
      },
      {
        key: 'settings',
        kind: 'formData',
        before: now('settings'),
        after: now('settings'),
        backup: hash('settings'),
        verdict: 'newerKept',
      },
    ]);
    expect(lone).toMatchObject({ verdict: 'exact', before: lone?.backup, after: lone?.backup });
    expect(receipt).toMatchObject({
      runId,
      outcome: 'rolledBack',
      reason: 'USER_REQUEST',
      displaced: ['environments'],
      notCarriedOver: [],
    });
    expect(receipt.collections.map(({ collection, rows }) => [collection, rows])).toEqual([
      ['tasks', 3],
      ['environments', 2],
    ]);
    expect(receipt.drift).toMatchObject({ added: 0, changed: 1, deleted: 0 });
  });

  it('AU5 as Markdown: no key name breaks it, hides in it, or passes for another', async () => {
    const wild = [
      '|',
      '||a|',
      '\\',
      '\\|',
      '`x`',
      '**b**',
      '<img src=x>',
      '[a](b)',
      '&lt;',
      '# h',
      '- x',
      '1. x',
      '+ x',
      '~~s~~',
      '',
      'a\nb',
      'a\r\n| b |',
      '\u202etxt.exe',
      '\ud800',
      `${'x'.repeat(79)}|`,
      '\u{1f600}'.repeat(100),
      '---',
      '\t',
      '\u0000',
      'http://x.example',
      '@me',
      '$x$',
      '!',
      ':a:',
    ];
    const entries = wild.map((name): [string, string] => [`draft:${name}`, 'text']);
    const { on, client } = await migrated({ entries });
    for (const [key] of entries) on.storage.removeItem(key);
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const { markdown } = await on.until(client.report(runId));
    expect(markdown.isWellFormed()).toBe(true);
    const lines = markdown.split('\n');
    const table = lines.slice(lines.findIndex((line) => line.startsWith('| key |')) + 2);
    const rows = table.slice(0, table.indexOf(''));
    expect(rows).toHaveLength(wild.length);
    for (const row of rows) {
      const cells = row.split(END_OF_CELL);
      expect({ row, cells: cells.length }).toEqual({ row, cells: 7 });
      const unescaped = (cells[1] ?? '').replace(/\\[!-/:-@[-`{-~]/g, '');
      expect(unescaped).toMatch(/^[^!-/:-@[-`{-~]*$/);
      expect(row).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect(new Set(rows.map((row) => row.split(END_OF_CELL)[1])).size).toBe(wild.length);
  });

  it('AU5 a list in it cannot be turned into something else by names either', async () => {
    const names = ['# heading', '- nested', '1. nested', '> quote', '```', '---'];
    const collections = { tasks: { storageKey: 'task-store', path: 'state.tasks' }, notes: { storageKey: 'note:*' } };
    const schema = { ...SCHEMA, tables: { ...SCHEMA.tables, notes: { columns: ['id', 'text'], idColumns: ['id'] } } };
    const { on, client } = await migrated({
      definition: { id: 'm', collections },
      schema,
      entries: names.map((name): [string, string] => [`note:${name}`, '{"text":"x"}']),
    });
    for (const name of names) on.storage.setItem(`note:${name}`, 'newer');
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' }));
    const { markdown } = await on.until(client.report(runId));
    const list = markdown
      .slice(markdown.indexOf('## Newer values'))
      .split('\n')
      .filter((line) => line.startsWith('- '));
    expect(list).toHaveLength(names.length);
    for (const line of list) expect(line).toMatch(/^- note\\:/);
  });

  it('AU5 a run that changed nothing says so of every key', async () => {
    const { on, client } = await migrated();
    const { runId } = await on.until(
      on
        .client('b', { storage: { ...on.storage, write: fails(new StorageError('STORAGE_DENIED', 'No.')) } })
        .rollback({ reason: 'USER_REQUEST' }),
    );
    const { receipt } = await on.until(client.report(runId));
    expect(receipt.outcome).toBe('unchanged');
    expect(new Set(receipt.keys.map(({ verdict }) => verdict))).toEqual(new Set(['notRestored']));
    expect(receipt.keys.find(({ key }) => key === 'task-store')).toMatchObject({ before: null, after: null });
  });
});

describe('values of users', () => {
  const SECRET = 'geheim-4711';
  const secret = (text: string): string => `${SECRET} ${text}`;
  const entries: [string, string][] = [
    [
      'task-store',
      JSON.stringify({
        state: {
          tasks: [
            { id: 't1', title: secret('a'), note: secret('n') },
            { id: 't2', title: secret('b') },
          ],
        },
      }),
    ],
    ['environments', JSON.stringify({ e1: { id: 'e1', name: secret('c') } })],
    ['draft:1', secret('draft')],
    ['settings', JSON.stringify({ theme: secret('dark') })],
    ['analytics', secret('of others')],
  ];

  /** Everything that is told, logged, thrown and written down; backups, archive and merged texts hold values on purpose. */
  function saidOn(on: Device, thrown: readonly unknown[], results: readonly unknown[]): string {
    const written = [...on.vault.disk].filter(([name]) =>
      /\/(journal|audit)\/|\/failures$|\/paid-|\/digests$|\/head$/.test(name),
    );
    const messages = thrown.map((error) => {
      const { message, details, code } = error as { message?: string; details?: unknown; code?: string };
      return [message, details, code];
    });
    return JSON.stringify([written, on.log, on.notes, messages, results]);
  }

  async function attempt(on: Device, thrown: unknown[], results: unknown[], work: Promise<unknown>): Promise<void> {
    try {
      results.push(await on.until(work));
    } catch (error) {
      thrown.push(error);
    }
  }

  it('AU6 nothing that is said holds one: runs that go well, with drift, displaced values and questions', async () => {
    const { on, client } = await migrated({ entries });
    const thrown: unknown[] = [];
    const results: unknown[] = [];
    on.storage.setItem('task-store', secret('newer'));
    on.storage.setItem('settings', secret('newer'));
    on.database.update('tasks', { id: 't1' }, { title: secret('changed') });
    on.database.insert('tasks', { id: 't3', title: secret('added'), note: null });
    for (const look of [
      client.plan(),
      client.drill(),
      client.verifyStorage(),
      client.verifyMigration(),
      client.verifyDatabase(),
    ]) {
      await attempt(on, thrown, results, look);
    }
    const ending = client.rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(1000);
    results.push(client.getSnapshot());
    await on.until(client.decide({ question: 'drift', choice: 'merge' }));
    await attempt(on, thrown, results, ending);
    await attempt(on, thrown, results, client.metrics());
    results.push(await on.until(client.report(on.records().at(-1)?.run ?? '')));
    expect(on.records().at(-1)?.snapshot.value).toBe('rolledBack');
    expect(saidOn(on, thrown, results)).not.toContain(SECRET);
  });

  it('AU6 CL16 nor runs in which every port throws something that quotes values', async () => {
    const quoting = (): Error =>
      Object.assign(new Error(secret('quoted')), { detail: secret('detail'), cause: new TypeError(secret('cause')) });
    const operations = {
      storage: ['keys', 'read', 'write', 'room'],
      database: [
        'tables',
        'lease',
        'release',
        'ledger',
        'record',
        'begin',
        'copy',
        'compare',
        'digest',
        'rowDigests',
        'survey',
        'clear',
        'undoClear',
        'remaining',
        'archived',
        'ping',
      ],
      vault: ['get', 'put', 'putIfAbsent', 'list'],
      cache: ['invalidate', 'count'],
      notify: ['call'],
      memory: ['usage'],
      operations: ['stop', 'resume'],
    } as const;
    const cached = {
      ...DEFINITION,
      collections: {
        ...DEFINITION.collections,
        tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: ['task:*'] },
      },
    };
    for (const [port, names] of Object.entries(operations)) {
      for (const operation of names) {
        for (const phase of ['migrate', 'rollback'] as const) {
          const on = device({ entries, definition: cached });
          const plain = on.client('a', { cache: memoryCache() });
          if (phase === 'rollback') {
            await on.until(plain.migrate());
            on.database.update('tasks', { id: 't1' }, { title: secret('changed') });
          }
          const given: Record<string, object> = {
            storage: on.storage,
            database: on.database,
            vault: on.vault,
            cache: memoryCache(),
            notify: () => undefined,
            memory: { usage: async () => 0 },
            operations: { stop: async () => {}, resume: async () => {} },
          };
          const faulty = withFaults(given[port] as object, [
            { operation, at: 2, repeat: 'forever', moment: 'before', behaviour: { throws: quoting() } },
          ]);
          const client = on.client('b', { ...given, [port]: faulty.port });
          const thrown: unknown[] = [];
          const results: unknown[] = [];
          await attempt(
            on,
            thrown,
            results,
            phase === 'migrate' ? client.migrate() : client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }),
          );
          results.push(client.getSnapshot());
          for (const error of thrown) expect(error).toBeInstanceOf(BackpedalError);
          const said = saidOn(on, thrown, results);
          const found = said.indexOf(SECRET);
          const at = found === -1 ? '' : said.slice(Math.max(0, found - 200), found + 20);
          expect({ port, operation, phase, at }).toEqual({ port, operation, phase, at: '' });
        }
      }
    }
  });

  it('AU6 nor functions of the app that throw with values in their words', async () => {
    const throws = () => {
      throw new Error(secret('thrown'));
    };
    for (const tasks of [
      { toRow: throws },
      { fromRow: throws },
      { schema: { '~standard': { version: 1 as const, vendor: 'x', validate: throws } } },
    ]) {
      const definition = {
        ...DEFINITION,
        collections: { tasks: { storageKey: 'task-store', path: 'state.tasks', ...tasks } },
        formData: ['draft:*'],
      };
      const on = device({ entries, definition });
      const client = on.client();
      const thrown: unknown[] = [];
      const results: unknown[] = [];
      await attempt(on, thrown, results, client.migrate());
      if (on.database.rows('tasks').length > 0) {
        on.database.update('tasks', { id: 't1' }, { title: secret('changed') });
        await attempt(on, thrown, results, client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
      }
      expect(saidOn(on, thrown, results)).not.toContain(SECRET);
    }
  });

  it('AU6 what was thrown is logged by its name, code and frames', async () => {
    const { on } = await migrated({ entries });
    const error = Object.assign(new RangeError(`line 1\n    at ${secret('line 2')}`), { code: 'SQLITE_BUSY' });
    await on.until(
      on.client('b', { database: { ...on.database, clear: fails(error) } }).rollback({ reason: 'USER_REQUEST' }),
    );
    const line = on.log.find(({ message }) => message.startsWith('clearDatabase failed'));
    expect(line?.details).toMatchObject({
      code: 'INTERNAL',
      cause: {
        name: 'RangeError',
        code: 'SQLITE_BUSY',
        stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
      },
    });
    expect(JSON.stringify(line)).not.toContain(SECRET);
  });
});

describe('the archive', () => {
  it('AU7 exports everything that a run moved or displaced', async () => {
    const { on, client } = await migrated();
    on.database.update('tasks', { id: 't1' }, { title: 'edited' });
    on.database.insert('tasks', { id: 't9', title: 'added', note: null });
    on.database.remove('environments', { id: 'e2' });
    on.storage.setItem('environments', 'newer \ud83d');
    on.storage.setItem('task-store', '');
    const rows = [...on.database.rows('tasks'), ...on.database.rows('environments')];
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' }));
    const before = imageOf(on);
    const exported = await on.until(client.archive.export(runId));
    expect(exported.run).toBe(runId);
    expect(exported.rows.filter(({ row }) => row !== null).map(({ row }) => row)).toEqual(expect.arrayContaining(rows));
    expect(exported.rows.map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([
      'added ["t9"]',
      'changed ["t1"]',
      'deleted ["e2"]',
      'unchanged ["e1"]',
      'unchanged ["t2"]',
      'unchanged ["t3"]',
    ]);
    expect([...exported.displaced].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: 'environments', value: 'newer \ud83d' },
      { key: 'task-store', value: '' },
    ]);
    expect(await on.until(client.archive.list())).toMatchObject({
      rows: [
        { run: runId, table: 'tasks', rows: 4 },
        { run: runId, table: 'environments', rows: 1 },
      ],
      displaced: expect.arrayContaining([
        { run: runId, key: 'environments', size: 7 },
        { run: runId, key: 'task-store', size: 0 },
      ]),
    });
    expect(imageOf(on)).toEqual(before);
  });

  it('AU7 of a run that moved nothing there is nothing', async () => {
    const { on, client } = await migrated();
    expect(await on.until(client.archive.list())).toEqual({ rows: [], displaced: [] });
    expect(await codeOf(on.until(client.archive.export('a-2')))).toBe('RUN_NOT_FOUND');
  });

  it('AU7 thousands of rows are exported, page by page', async () => {
    const tasks = Array.from({ length: 2500 }, (_, at) => ({ id: `t${at}`, title: `x${at}`, note: null }));
    const database = memoryDatabase(SCHEMA);
    const on = device({ entries: [['task-store', JSON.stringify({ state: { tasks } })]] });
    const client = on.client('a', { database });
    await on.until(client.migrate());
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const { rows } = await on.until(client.archive.export(runId));
    expect(new Set(rows.map(({ key }) => key)).size).toBe(2500);
  });
});
