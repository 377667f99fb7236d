import { describe, expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import type { Question, RollbackResult } from '../../src/runtime/status-types.ts';
import { CONTENT, type Device, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { dieAtRecord, type Moment, processOn } from '../runtime/mortal.ts';

const HOUR = 3_600_000;

/** Loses every backup, all that lies beside them included. */
function loseBackups(on: Device): void {
  for (const name of [...on.vault.disk.keys()]) if (name.includes('/backups/')) on.vault.disk.delete(name);
}

/** Lets time pass, with no limit of its own, until something is so. */
async function until(on: Device, isSo: () => boolean, seconds = 60): Promise<void> {
  for (let at = 0; at < seconds * 4 && !isSo(); at++) await on.clock.advance(250);
  if (!isSo()) throw new Error('It did not come to be so.');
}

const questionOf = (client: Backpedal): Question | null => client.getSnapshot().question;

/** A rollback that asks what is to be used. */
async function asking(on: Device, client: Backpedal): Promise<{ readonly ending: Promise<RollbackResult> }> {
  const ending = client.rollback({ reason: 'USER_REQUEST' });
  ending.catch(() => undefined);
  await until(on, () => questionOf(client) !== null);
  return { ending };
}

/** Keys as JSON, where they are such. */
const meaning = (entries: Iterable<readonly [string, string]>): unknown =>
  sorted(entries).map(([key, value]) => {
    try {
      return [key, JSON.parse(value)];
    } catch {
      return [key, value];
    }
  });

const WHOLE = meaning(CONTENT.filter(([key]) => key !== 'task-store'));
const without = (entries: readonly (readonly [string, string])[]) => entries.filter(([key]) => key !== 'task-store');

describe('a person who is asked', () => {
  it('ER4 may take hours: nothing is held, the app works, and no limit of time fires', async () => {
    const { on, client } = await migrated();
    loseBackups(on);
    const { ending } = await asking(on, client);
    expect(on.operations.at(-1)).toBe('resume');
    expect(await on.lock.isHeld?.('backpedal:tasks-to-database')).not.toBe(true);
    expect((await on.database.ledger(on.migration.id)).holder).toBeNull();
    const asked = questionOf(client);
    for (let hour = 0; hour < 6; hour++) await on.clock.advance(HOUR);
    expect(questionOf(client)).toEqual(asked);
    expect(client.getSnapshot()).toMatchObject({ escalation: 2, canCancel: true, activity: 'emergencyRecovery' });
    await on.until(client.decide({ question: 'reconstruction', choice: 'useReconstruction' }));
    expect(await on.until(ending)).toMatchObject({ outcome: 'rolledBack', escalation: 2 });
  });

  it('ER4 nothing is held either where the content was found damaged only under the lease', async () => {
    const { on, client } = await migrated();
    for (const name of [...on.vault.disk.keys()]) if (name.endsWith('/content')) on.vault.disk.delete(name);
    const { ending } = await asking(on, client);
    expect(on.operations).toContain('stop');
    expect(on.operations.at(-1)).toBe('resume');
    expect((await on.database.ledger(on.migration.id)).holder).toBeNull();
    await on.until(client.decide({ question: 'reconstruction', choice: 'useReconstruction' }));
    expect(await on.until(ending)).toMatchObject({ outcome: 'rolledBack' });
  });

  it('ER4 is answered from another process, and the first one learns of the end', async () => {
    const { on, client } = await migrated();
    loseBackups(on);
    const { ending } = await asking(on, client);
    const other = on.client('b');
    await on.until(other.decide({ question: 'reconstruction', choice: 'useReconstruction' }));
    expect(await on.until(ending)).toMatchObject({ outcome: 'rolledBack', escalation: 2 });
    expect(on.database.rows('tasks')).toEqual([]);
  });

  it('ER4 is asked again by the next process when the first one is closed, and answers there', async () => {
    const { on, client } = await migrated();
    loseBackups(on);
    await asking(on, client);
    await on.until(client.close());
    const next = on.client('b');
    expect(await on.until(next.recover())).toMatchObject({ action: 'waiting' });
    expect(questionOf(next)).toMatchObject({ question: 'reconstruction', choices: ['useReconstruction', 'stop'] });
    await on.until(next.decide({ question: 'reconstruction', choice: 'stop' }));
    await until(on, () => next.getSnapshot().outcome !== null || next.getSnapshot().migrationState === 'MIGRATED');
    expect(on.database.rows('tasks')).toHaveLength(3);
  });

  it('ER4 takes only choices of the question that is open', async () => {
    const { on, client } = await migrated();
    loseBackups(on);
    const { ending } = await asking(on, client);
    await expect(on.until(client.decide({ question: 'drift', choice: 'merge' }))).rejects.toMatchObject({
      code: 'QUESTION_NOT_OPEN',
    });
    await expect(
      on.until(client.decide({ question: 'reconstruction', choice: 'useOlderBackup' })),
    ).rejects.toMatchObject({ code: 'INPUT_ARGUMENT' });
    await on.until(client.decide({ question: 'reconstruction', choice: 'stop' }));
    await on.until(ending);
  });

  it.each(['stop', 'cancel'] as const)('ER9 %s: unchanged, at level 3, and people are told', async (how) => {
    const { on, client } = await migrated();
    loseBackups(on);
    const before = keysOf(on.storage);
    const { ending } = await asking(on, client);
    await on.until(how === 'cancel' ? client.cancel() : client.decide({ question: 'reconstruction', choice: 'stop' }));
    const result = await on.until(ending);
    expect(result).toMatchObject({ outcome: 'unchanged', finalStatus: 'FAILED', escalation: 3 });
    expect(keysOf(on.storage)).toEqual(before);
    expect(on.database.rows('tasks')).toHaveLength(3);
    for (const audience of ['administrators', 'engineering'] as const) {
      const told = on.notes.filter((note) => note.audience === audience && note.type === 'CRITICAL');
      expect(told).toHaveLength(1);
      expect(told[0]?.details).toMatchObject({
        reason: 'No valid backup available',
        suggestedAction: 'Manual data verification required',
        affectedData: { migration: 'a-2', tried: 0 },
      });
    }
    const entry = (await on.until(client.audit.list())).find(({ runId }) => runId === result.runId);
    expect(entry).toMatchObject({ outcome: 'unchanged', escalation: 3, result: 'FAILED' });
    expect(client.getSnapshot()).toMatchObject({ escalation: 3, outcome: 'unchanged' });
  });

  it('ER9 nothing is left at all: unchanged at level 3 without any question', async () => {
    const { on, client } = await migrated({ entries: [['draft:1', 'words']] });
    loseBackups(on);
    on.storage.removeItem('draft:1');
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'unchanged', escalation: 3, error: { code: 'BACKUP_NOT_FOUND' } });
    expect(on.notes.filter(({ type }) => type === 'QUESTION')).toEqual([]);
  });

  it('ER11 what was used is told to user and support, in status, result and audit', async () => {
    const { on, client } = await migrated();
    loseBackups(on);
    const { ending } = await asking(on, client);
    const asked = on.notes.filter(({ type }) => type === 'QUESTION').map(({ audience }) => audience);
    expect(asked.sort()).toEqual(['support', 'user']);
    expect(client.getSnapshot().escalation).toBe(2);
    await on.until(client.decide({ question: 'reconstruction', choice: 'useReconstruction' }));
    const result = await on.until(ending);
    expect(result).toMatchObject({ success: false, finalStatus: 'PARTIAL', escalation: 2 });
    expect(result.warnings.map(({ code }) => code)).toEqual(['BACKUP_NOT_FOUND', 'BACKUP_RECONSTRUCTED']);
    const entry = (await on.until(client.audit.list())).find(({ runId }) => runId === result.runId);
    expect(entry).toMatchObject({ result: 'PARTIAL', escalation: 2, receipt: { copy: 'reconstructed' } });
    const [told] = on.notes.filter(({ audience, type }) => audience === 'user' && type === 'WARNING').slice(-1);
    expect(told?.message).toContain('verify your data');
    expect(client.getSnapshot()).toMatchObject({ escalation: 2, outcome: 'rolledBack' });
    expect((await on.until(client.metrics()))?.finalStatus).toBe('PARTIAL');
  });
});

/** Carries the run on in new processes until it has ended, and answers what they ask. */
async function goOn(on: Device, name: string): Promise<Backpedal> {
  const client = on.client(name);
  const choices = { olderBackup: 'useOlderBackup', reconstruction: 'useReconstruction' } as const;
  for (let round = 0; round < 5; round++) {
    const { action } = await on.until(client.recover());
    if (action !== 'waiting') return client;
    const question = questionOf(client);
    if (question === null || !(question.question in choices)) throw new Error(`It waits for ${question?.question}.`);
    const choice = choices[question.question as keyof typeof choices];
    await on.until(client.decide({ question: question.question, choice } as never));
    await until(on, () => client.getSnapshot().outcome !== null || questionOf(client) !== null);
  }
  return client;
}

describe('a process that dies', () => {
  it.each(['before', 'after'] as const)(
    'ER10 at any record of the search or after it, %s it is written: the next ones end the same',
    async (moment: Moment) => {
      for (let k = 0; ; k++) {
        const { on } = await migrated();
        on.database.update('tasks', { id: 't2' }, { title: 'edited' });
        on.database.insert('tasks', { id: 't9', title: 'added', note: null });
        loseBackups(on);
        const death = new AbortController();
        const ports = processOn(on, death.signal);
        const vault = dieAtRecord(ports.vault as Device['vault'], death, k, moment);
        const dying = on.client('dying', { ...ports, vault });
        const ending = dying.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });
        let result: RollbackResult | null = null;
        ending.then(
          (value) => {
            result = value;
          },
          () => undefined,
        );
        const isAsked = (): boolean => questionOf(dying) !== null;
        for (let at = 0; at < 40 && !death.signal.aborted && !isAsked(); at++) await on.clock.advance(100);
        if (!death.signal.aborted) {
          dying.decide({ question: 'reconstruction', choice: 'useReconstruction' }).catch(() => undefined);
          for (let at = 0; at < 40 && !death.signal.aborted && result === null; at++) await on.clock.advance(100);
        }
        if (!death.signal.aborted) {
          expect(result).toMatchObject({ outcome: 'rolledBack' });
          expect(k).toBeGreaterThan(15);
          return;
        }
        const client = await goOn(on, 'next');
        const hadBegun = on.records().some(({ machine }) => machine.id === 'rollback');
        const place = { k, moment, hadBegun };
        const { migrationState } = await on.until(client.recover());
        expect({ ...place, migrationState }).toEqual({
          ...place,
          migrationState: hadBegun ? 'ROLLED_BACK' : 'MIGRATED',
        });
        if (!hadBegun) continue;
        expect({ ...place, rows: on.database.rows('tasks') }).toEqual({ ...place, rows: [] });
        expect(meaning(without(keysOf(on.storage)))).toEqual(
          (WHOLE as [string, unknown][]).map(([key, value]) =>
            key === 'environments' ? [key, expect.anything()] : [key, value],
          ),
        );
        const tasks = JSON.parse(on.storage.getItem('task-store') ?? '').state.tasks as { id: string; title: string }[];
        expect(tasks.map(({ id, title }) => `${id} ${title}`).sort()).toEqual([
          't1 A',
          't2 edited',
          't3 \u{1f600} /',
          't9 added',
        ]);
        // The search was one run, and what it put together is one generation, whoever went on with it.
        const searches = new Set(
          on
            .records()
            .filter(({ machine }) => machine.id === 'emergencyRecovery')
            .map(({ run }) => run),
        );
        expect(searches.size).toBe(1);
        expect((await on.until(client.backups.list())).length).toBe(1);
      }
    },
    120_000,
  );

  it('ER5 ER10 in the middle of a rollback, its backup lost meanwhile: rows in its archive are what it goes on with', async () => {
    const { on } = await migrated();
    on.database.update('tasks', { id: 't2' }, { title: 'edited' });
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    const storage = Object.assign(Object.create(ports.storage), {
      origin: on.storage.origin,
      write: async () => {
        death.abort();
        return new Promise<never>(() => undefined);
      },
    });
    const dying = on.client('dying', { ...ports, storage });
    void dying.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });
    await until(on, () => death.signal.aborted);
    expect(on.database.rows('tasks')).toEqual([]);
    loseBackups(on);
    const client = on.client('next');
    expect(await on.until(client.recover())).toMatchObject({ action: 'waiting' });
    expect(questionOf(client)).toMatchObject({ question: 'reconstruction' });
    expect(client.getSnapshot().escalation).toBe(2);
    await on.until(client.decide({ question: 'reconstruction', choice: 'useReconstruction' }));
    await until(on, () => client.getSnapshot().outcome !== null);
    expect(client.getSnapshot()).toMatchObject({ outcome: 'rolledBack', escalation: 2 });
    expect(on.storage.getItem('task-store')).toContain('"edited"');
    const tasks = JSON.parse(on.storage.getItem('task-store') ?? '').state.tasks as { id: string }[];
    expect(tasks.map(({ id }) => id).sort()).toEqual(['t1', 't2', 't3']);
  });

  it('ER9 ER10 the same, and the person stops: the rows are put back, and nothing is lost', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    const storage = Object.assign(Object.create(ports.storage), {
      origin: on.storage.origin,
      write: async () => {
        death.abort();
        return new Promise<never>(() => undefined);
      },
    });
    const before = keysOf(on.storage);
    void on.client('dying', { ...ports, storage }).rollback({ reason: 'USER_REQUEST' });
    await until(on, () => death.signal.aborted);
    loseBackups(on);
    const client = on.client('next');
    expect(await on.until(client.recover())).toMatchObject({ action: 'waiting' });
    await on.until(client.decide({ question: 'reconstruction', choice: 'stop' }));
    await until(on, () => client.getSnapshot().outcome !== null);
    expect(client.getSnapshot()).toMatchObject({ outcome: 'unchanged', migrationState: 'MIGRATED' });
    expect(on.database.rows('tasks')).toHaveLength(3);
    expect(keysOf(on.storage)).toEqual(before);
  });

  it('ER13 after the burst, its backup lost meanwhile: storage is verified by what the database recorded', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    const storage = Object.assign(Object.create(ports.storage), {
      origin: on.storage.origin,
      write: async (...args: Parameters<Device['storage']['write']>) => {
        await on.storage.write(...args);
        death.abort();
        return new Promise<never>(() => undefined);
      },
    });
    void on.client('dying', { ...ports, storage }).rollback({ reason: 'USER_REQUEST' });
    await until(on, () => death.signal.aborted);
    loseBackups(on);
    const { action, rollback } = await on.until(on.client('next').recover());
    expect({ action, outcome: rollback?.outcome, status: rollback?.finalStatus }).toEqual({
      action: 'resumed',
      outcome: 'rolledBack',
      status: 'PARTIAL',
    });
    expect(rollback?.warnings.map(({ code }) => code)).toEqual(['BACKUP_NOT_FOUND']);
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(on.database.rows('tasks')).toEqual([]);
  });
});
