import { expect, it } from 'vitest';
import { BackpedalError, type RollbackResult } from '../../src/index.ts';
import { useAuditTrail, useBackpedal, useBackups, useMigration, useRollback } from '../../src/react/index.ts';
import { createTestClient } from '../../src/testing/index.ts';
import { asking, CONTENT, device, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { acting, deferred, mount, mountHook } from './kit.tsx';

const refusal = new BackpedalError('RUN_IN_PROGRESS', 'Rollback already in progress');

it('RE1 everything is known: nothing was checked, then what was found, then nothing again', async () => {
  const { on, client } = await migrated();
  const { last, renders } = await mountHook(client, () => useRollback());
  expect(last()).toMatchObject({ stage: 'COMPLETED', migrationState: 'MIGRATED', isPending: false, isError: false });
  expect([last().canRollback, last().plan, last().readiness]).toEqual([undefined, undefined, undefined]);

  const plan = await acting(() => on.until(last().actions.check()));
  expect(renders.some(({ isChecking }) => isChecking)).toBe(true);
  expect(last()).toMatchObject({ canRollback: true, isChecking: false, plan: { rowsToRemove: 5, possible: true } });
  expect(last().plan).toBe(plan);
  expect(last().readiness).toMatchObject({ backupAvailable: true });

  const result = await acting(() => on.until(last().actions.rollback()));
  expect(result).toMatchObject({ outcome: 'rolledBack', success: true });
  expect(last()).toMatchObject({ stage: 'COMPLETED', progress: 100, migrationState: 'ROLLED_BACK', isPending: false });
  expect(last().result).toBe(result);
  expect([last().canRollback, last().plan]).toEqual([undefined, undefined]);
  expect(renders.some(({ isPending, stage }) => isPending && stage === 'EXECUTING')).toBe(true);
  expect(keysOf(on.storage)).toEqual(sorted(CONTENT));

  await acting(() => on.until(last().actions.check()));
  expect(last()).toMatchObject({ canRollback: false, plan: undefined, readiness: { canRollback: false } });
  await acting(() => last().actions.dismiss());
  expect([last().canRollback, last().result]).toEqual([undefined, undefined]);
});

it('RE1 a question is put, answered by an action, and the run goes on', async () => {
  const { on, client } = await migrated();
  const { last } = await mountHook(client, () => useRollback());
  const { ending } = await acting(() => asking(on, client));
  expect(last()).toMatchObject({ isPending: true, canCancel: true, question: { question: 'drift' } });
  expect(await acting(() => on.until(last().actions.decide({ question: 'drift', choice: 'merge' })))).toBe(true);
  await acting(() => on.until(ending));
  expect(last()).toMatchObject({ question: null, migrationState: 'ROLLED_BACK' });
});

it('RE1 what a check finds after a run has begun is not shown', async () => {
  const client = createTestClient({
    state: 'rolledBack',
    runId: 'run-0',
    readiness: { canRollback: true, backupAvailable: true, estimatedTime: 1 },
  });
  const { last } = await mountHook(client, () => useRollback());
  await acting(async () => {
    const check = last().actions.check();
    client.show({ state: 'inspecting', runId: 'run-2' });
    await check;
  });
  expect([last().canRollback, last().isChecking]).toEqual([undefined, false]);
  await acting(() => last().actions.check());
  expect(last().canRollback).toBe(true);
  await acting(() => client.show({ state: 'unchanged', runId: 'run-2' }));
  expect(last().canRollback).toBe(undefined);
});

it('RE1 what was found before a run that nobody watched is not shown', async () => {
  const client = createTestClient({
    state: 'rolledBack',
    readiness: { canRollback: true, backupAvailable: true, estimatedTime: 1 },
  });
  const first = await mountHook(client, () => useRollback());
  await acting(() => first.last().actions.check());
  await acting(() => first.last().actions.rollback());
  await acting(() => first.last().actions.check());
  expect([first.last().canRollback, first.last().result?.outcome]).toEqual([true, 'rolledBack']);
  await first.page.unmount();
  client.show({ state: 'inspecting', runId: 'run-2' });
  client.show({ state: 'unchanged', runId: 'run-2' });
  const later = await mountHook(client, () => useRollback());
  expect([later.renders[0]?.canRollback, later.renders[0]?.result]).toEqual([undefined, undefined]);
});

it('RE1 of two checks the later one counts', async () => {
  const answers = [deferred<void>(), deferred<void>()];
  let asked = 0;
  const client = createTestClient({
    methods: {
      canRollback: async () => {
        const number = asked++;
        await answers[number]?.promise;
        return { canRollback: false, reason: `answer ${number}`, backupAvailable: false, estimatedTime: 0 };
      },
    },
  });
  const { last } = await mountHook(client, () => useRollback());
  await acting(async () => {
    const checks = [last().actions.check(), last().actions.check()];
    answers[1]?.resolve(undefined);
    await checks[1];
    answers[0]?.resolve(undefined);
    await checks[0];
  });
  expect(last().readiness?.reason).toBe('answer 1');
});

it('RE5 actions stay the same object through a whole run', async () => {
  const { on, client } = await migrated();
  const { renders, last } = await mountHook(client, () => useRollback());
  await acting(() => on.until(last().actions.check()));
  await acting(() => on.until(last().actions.rollback()));
  expect(new Set(renders.map(({ actions }) => actions)).size).toBe(1);
  expect(Object.isFrozen(last().actions)).toBe(true);
});

it('RE5 what is refused is told, not thrown, until the next action', async () => {
  const client = createTestClient({
    state: 'clearingDatabase',
    methods: {
      rollback: async () => Promise.reject(refusal),
      migrate: async () => Promise.reject(refusal),
      recover: async () => Promise.reject(refusal),
      cancel: async () => Promise.reject(refusal),
      decide: async () => Promise.reject(refusal),
      unlock: async () => Promise.reject(refusal),
      canRollback: async () => Promise.reject(refusal),
    },
  });
  const { last } = await mountHook(client, () => useRollback());
  const { actions } = last();
  const refused: readonly (() => Promise<unknown>)[] = [
    () => actions.rollback(),
    () => actions.migrate(),
    () => actions.recover(),
    () => actions.check(),
    () => actions.cancel(),
    () => actions.decide({ question: 'drift', choice: 'merge' }),
    () => actions.unlock({ reason: 'repaired' }),
  ];
  const answers: unknown[] = [];
  for (const action of refused) {
    await acting(() => actions.dismiss());
    expect([last().isError, last().error]).toEqual([false, undefined]);
    answers.push(await acting(action));
    expect([last().isError, last().error]).toEqual([true, refusal]);
  }
  expect(answers).toEqual([undefined, undefined, undefined, undefined, false, false, false]);
});

it('RE5 what other code throws becomes a typed error', async () => {
  const client = createTestClient({ methods: { rollback: async () => Promise.reject('a string') } });
  const { last } = await mountHook(client, () => useRollback());
  await acting(() => last().actions.rollback());
  expect(last().error).toMatchObject({ code: 'INTERNAL', cause: 'a string' });
});

it('RE5 a run that came to a bad end is an error, one that a person cancelled is none', async () => {
  const ended: RollbackResult = {
    success: false,
    steps: [],
    timestamp: '2026-01-01T00:00:00.000Z',
    runId: 'run-1',
    migrationId: 'test',
    outcome: 'unchanged',
    finalStatus: 'FAILED',
    escalation: 1,
    warnings: [],
    error: { code: 'NO_ROOM', message: 'The old values do not fit into storage.' },
  };
  const results = [ended, { ...ended, error: { code: 'USER_CANCELLED', message: 'It was cancelled.' } as never }];
  const client = createTestClient({ methods: { rollback: async () => results.shift() ?? ended } });
  const { last } = await mountHook(client, () => useRollback());
  await acting(() => last().actions.rollback());
  expect([last().isError, last().error]).toEqual([true, ended.error]);
  await acting(() => last().actions.rollback());
  expect([last().isError, last().result?.outcome]).toEqual([false, 'unchanged']);
});

it('RE10 backups are read when they are first shown, and again after a run, an import and a removal', async () => {
  const on = device();
  const client = on.client();
  const { last, renders } = await mountHook(client, () => useBackups());
  expect(renders[0]).toMatchObject({ backups: undefined, isPending: true });
  expect(last()).toMatchObject({ backups: [], isPending: false, isError: false });
  await acting(() => on.until(client.migrate()));
  const [backup] = last().backups ?? [];
  expect(last().backups).toHaveLength(1);

  const text = await last().actions.export(backup?.id ?? '');
  expect(await last().actions.verify(backup?.id ?? '')).toMatchObject({ valid: true });
  const elsewhere = device({ entries: [] });
  const other = await mountHook(elsewhere.client(), () => useBackups());
  expect(other.last().backups).toEqual([]);
  const { actions } = other.last();
  await acting(() => actions.import(text));
  expect(other.last().backups?.map(({ id }) => id)).toEqual([backup?.id]);
  expect(other.last().actions).toBe(actions);
  await expect(actions.remove(backup?.id ?? '')).rejects.toMatchObject({ code: 'BACKUP_LAST_GOOD' });
});

it('RE10 a removal renews the list', async () => {
  const summary = { id: 'b', migrationId: 'm', createdAt: '', origin: '', user: null, entries: 1, size: 1, sha256: '' };
  const stored = [{ ...summary, id: 'a' }, summary];
  const client = createTestClient({
    methods: {
      backups: {
        list: async () => [...stored],
        remove: async (id) =>
          void stored.splice(
            stored.findIndex((one) => one.id === id),
            1,
          ),
      },
    },
  });
  const { last } = await mountHook(client, () => useBackups());
  expect(last().backups).toHaveLength(2);
  await acting(() => last().actions.remove('a'));
  expect(last().backups).toEqual([summary]);
});

it('RE10 the audit trail is read again after every run', async () => {
  const { on, client } = await migrated();
  const { last } = await mountHook(client, () => useAuditTrail());
  expect(last().entries?.map(({ type }) => type)).toEqual(['MIGRATION']);
  await acting(() => on.until(client.rollback({ reason: 'USER_REQUEST' })));
  expect(last().entries?.map(({ type }) => type)).toEqual(['MIGRATION', 'MIGRATION_ROLLBACK']);
});

it('RE10 the audit trail is read again when somebody has unlocked', async () => {
  const client = createTestClient({ state: 'safeMode' });
  await mountHook(client, () => useAuditTrail());
  await acting(() => client.unlock({ reason: 'repaired' }));
  expect(client.calls.map(({ method }) => method)).toEqual(['audit.list', 'unlock', 'audit.list']);
});

it('RE10 what was read stays when reading fails, and is read once however many show it', async () => {
  let fault: BackpedalError | undefined;
  const client = createTestClient({
    methods: {
      audit: {
        list: async () => {
          if (fault !== undefined) throw fault;
          return [];
        },
      },
    },
  });
  const both = await mountHook(client, () => [useAuditTrail(), useAuditTrail()] as const);
  expect(client.calls.map(({ method }) => method)).toEqual(['audit.list']);
  expect(both.last()[0].entries).toBe(both.last()[1].entries);
  fault = new BackpedalError('VAULT_UNAVAILABLE', 'The vault cannot be read.');
  await acting(() => both.last()[0].refresh());
  expect(both.last()[0]).toMatchObject({ entries: [], isError: true, error: fault, isPending: false });
  fault = undefined;
  await acting(() => both.last()[0].refresh());
  expect(both.last()[0]).toMatchObject({ entries: [], isError: false, error: undefined });
});

it('RE10 a list that was asked for again while it was being read is read once more', async () => {
  const first = deferred<readonly never[]>();
  const answers: Promise<readonly never[]>[] = [first.promise, Promise.resolve([])];
  const client = createTestClient({ methods: { audit: { list: () => answers.shift() ?? Promise.resolve([]) } } });
  const { last } = await mountHook(client, () => useAuditTrail());
  await acting(async () => {
    const refreshed = last().refresh();
    first.resolve([]);
    await refreshed;
  });
  expect(client.calls).toHaveLength(2);
  expect(last().isPending).toBe(false);
});

it('RE11 a migration is shown from its beginning to its end', async () => {
  const on = device();
  const { last, renders } = await mountHook(on.client(), () => useMigration());
  expect(last()).toMatchObject({ migrationState: 'NOT_STARTED', canMigrate: true, progress: null });
  const result = await acting(() => on.until(last().actions.migrate()));
  expect(result).toMatchObject({ outcome: 'migrated' });
  expect(last()).toMatchObject({ migrationState: 'MIGRATED', canMigrate: false, isPending: false, progress: null });
  expect(last().result).toBe(result);
  expect(renders.some(({ isMigrating, progress }) => isMigrating && progress !== null)).toBe(true);
});

it('RE11 nothing is rendered for what a rollback shows', async () => {
  const client = createTestClient({ state: 'clearingDatabase', progress: 1 });
  const { renders } = await mountHook(client, () => useMigration());
  await acting(() => client.show({ progress: 2 }));
  await acting(() => client.show({ errors: ['A fault'] }));
  expect(renders).toHaveLength(1);
});

it.each([useRollback, useMigration, useBackups, useAuditTrail, useBackpedal])(
  'RE13 %o needs a provider',
  async (hook) => {
    const caught: unknown[] = [];
    const Lost = (): null => {
      try {
        hook();
      } catch (error) {
        caught.push(error);
      }
      return null;
    };
    await mount(<Lost />);
    expect(caught[0]).toMatchObject({ code: 'PROVIDER_MISSING', name: 'BackpedalError' });
  },
);

it('RE13 the client itself is there for what the hooks have no name for', async () => {
  const client = createTestClient();
  const { last } = await mountHook(client, () => useBackpedal());
  expect(last()).toBe(client);
});
