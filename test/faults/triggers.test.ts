import { describe, expect, it } from 'vitest';
import { BackpedalError } from '../../src/errors.ts';
import type { MigrationResult, RollbackResult } from '../../src/runtime/status-types.ts';
import { differences, violations, type Witness, witness } from '../support/invariants.ts';
import { type PausedRun, pauseIn, statesOf } from '../support/pause.ts';
import { createKit, drive, type KitOptions } from '../support/run-kit.ts';
import { MERGING_ROLLBACK, MIGRATION, type Scenario } from '../support/scenarios.ts';

const LIMIT = 20_000;

const options: KitOptions = { definition: { triggers: { timeout: LIMIT } } };
const migration: Scenario = { ...MIGRATION, options };
const rollback: Scenario = { ...MERGING_ROLLBACK, options };

const unavailable = (): Error =>
  new BackpedalError('DATABASE_UNAVAILABLE', 'The connection is gone.', { persistence: 'transient' });

/** What stops a run by itself, or by a person: each is brought about while a command is under way. */
const TRIGGERS = {
  USER_CANCELLED: async ({ process, kit }: PausedRun): Promise<void> => {
    await process.client.cancel();
    await kit.clock.advance(0);
  },
  MEMORY_THRESHOLD: async ({ kit }: PausedRun): Promise<void> => {
    kit.memory.usage = 0.91;
    await kit.clock.advance(1000);
    kit.memory.usage = 0.1;
  },
  TIMEOUT: async ({ kit }: PausedRun): Promise<void> => {
    await kit.clock.advance(LIMIT + 1000);
  },
  DATABASE_CONNECTION_LOST: async ({ kit, process }: PausedRun): Promise<void> => {
    process.ports.database.add({ moment: 'before', repeat: 'forever', behaviour: { throws: unavailable() } });
    await kit.clock.advance(11_000);
  },
} as const;

type Reason = keyof typeof TRIGGERS;
const REASONS = Object.keys(TRIGGERS) as Reason[];

/** Ends a run that was stopped while it stood still in a state. */
async function stopIn(
  scenario: Scenario,
  state: string,
  reason: Reason,
): Promise<{ run: PausedRun; result: MigrationResult & RollbackResult } | null> {
  const run = await pauseIn(scenario, state);
  if (run === null) return null;
  await TRIGGERS[reason](run);
  run.gate.open();
  const driven = await run.finish();
  if (driven.end !== 'value') throw new Error(`The run ended with ${JSON.stringify(driven)} in ${state}.`);
  return { run, result: driven.value as MigrationResult & RollbackResult };
}

const states = async (scenario: Scenario, among: RegExp): Promise<readonly string[]> =>
  (await statesOf(scenario)).filter((state) => among.test(state));

describe('a migration that is stopped', () => {
  it.each(REASONS)('TR1 MI4 by %s before the source is cleared ends unchanged in every state', async (reason) => {
    const stopped: string[] = [];
    for (const state of await states(migration, /^(preparing|copying)\./)) {
      const end = await stopIn(migration, state, reason);
      if (end === null) continue;
      const { run, result } = end;
      stopped.push(state);
      expect([state, result.outcome, result.reason]).toEqual([state, 'unchanged', reason]);
      // A copy that could not be discarded is a debt, which this start pays.
      expect([state, ...(await violations(run.kit, run.ends, result))]).toEqual([state]);
      expect(run.kit.operations.state).toBe('running');
    }
    expect(stopped).toEqual([
      'preparing.locking',
      'preparing.stopping',
      'preparing.backingUp',
      'copying.copyingBatch',
      'copying.verifyingCopy',
      'copying.takingDigests',
    ]);
  });

  it.each(REASONS)('TR1 MI5 by %s while the source is cleared gets everything back', async (reason) => {
    const end = await stopIn(migration, 'clearingSource', reason);
    if (end === null) throw new Error('The run was not stopped.');
    const { run, result } = end;
    const expected = reason === 'DATABASE_CONNECTION_LOST' ? 'unchanged' : 'rolledBack';
    expect([result.outcome, result.reason]).toEqual([expected, reason]);
    expect(await violations(run.kit, run.ends, result)).toEqual([]);
    const journal = [...run.kit.vault.disk].filter(([name]) => name.includes('/journal/')).map(([, text]) => text);
    const inner = journal.filter((text) => text.includes(`"parent":"${result.runId}"`));
    expect(inner.length > 0).toBe(expected === 'rolledBack');
  });

  it.each(REASONS)('TR1 by %s when it has done its work is not stopped any more', async (reason) => {
    for (const state of ['finishing.closing', 'finishing.announcing']) {
      const run = await pauseIn(migration, state);
      if (run === null) throw new Error(`Nothing is asked of a port in ${state}.`);
      if (reason === 'USER_CANCELLED') {
        await expect(run.process.client.cancel()).rejects.toMatchObject({ code: 'CANCEL_TOO_LATE' });
      } else await TRIGGERS[reason](run);
      run.gate.open();
      const driven = await run.finish();
      expect(driven).toMatchObject({ end: 'value', value: { outcome: 'migrated' } });
      expect(await violations(run.kit, run.ends, null)).toEqual([]);
    }
  });

  it('TR1 MI3 by more than 10 % of failed items ends unchanged, and by 10 % does not stop', async () => {
    const refusing = (refused: number): KitOptions => ({
      entries: [
        ['task-store', JSON.stringify({ state: { tasks: Array.from({ length: 20 }, (_, n) => ({ id: `t${n}` })) } })],
      ],
      definition: {
        collections: { tasks: { storageKey: 'task-store', path: 'state.tasks', schema: refuses(refused) } },
      },
    });
    const outcomes = [];
    for (const refused of [2, 3]) {
      const kit = createKit(refusing(refused));
      const before = witness(kit);
      const result = await kit.start().client.migrate();
      outcomes.push([result.outcome, result.reason, result.failed]);
      if (refused === 3) expect(differences(witness(kit), before)).toEqual([]);
    }
    expect(outcomes).toEqual([
      ['migrated', undefined, 2],
      ['unchanged', 'VALIDATION_FAILURES', 3],
    ]);
  });
});

/** A Standard Schema that refuses the items with the first ids. */
function refuses(count: number) {
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) =>
        Number(String((value as { id: string }).id).slice(1)) < count ? { issues: [{ message: 'no' }] } : { value },
    },
  };
}

describe('a database that is away when a migration is stopped', () => {
  it('MI7 leaves a debt that the next start pays, and that a new migration waits for', async () => {
    const end = await stopIn(migration, 'copying.verifyingCopy', 'DATABASE_CONNECTION_LOST');
    if (end === null) throw new Error('The run was not stopped.');
    const { kit, ends } = end.run;
    expect(kit.database.rows('tasks')).toHaveLength(4);
    const away = kit.start({
      database: [{ moment: 'before', repeat: 'forever', behaviour: { throws: unavailable() } }],
    });
    await expect(away.client.migrate()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await away.client.recover()).toMatchObject({ action: 'nothingToDo' });
    expect(await kit.start().client.recover()).toMatchObject({ action: 'debtsPaid' });
    expect(differences(witness(kit), ends.unchanged as Witness)).toEqual([]);
    expect(await kit.start().client.recover()).toMatchObject({ action: 'nothingToDo' });
    expect(await kit.start().client.migrate()).toMatchObject({ outcome: 'migrated' });
  });
});

describe('a rollback that is stopped', () => {
  it.each(REASONS)('TR4 RB23 by %s before Clear Database ends unchanged', async (reason) => {
    const stopped: string[] = [];
    for (const state of await states(rollback, /^preparing\./)) {
      const end = await stopIn(rollback, state, reason);
      if (end === null) continue;
      stopped.push(state);
      const { run, result } = end;
      expect([state, result.outcome, ...(await violations(run.kit, run.ends, result))]).toEqual([state, 'unchanged']);
      expect(run.kit.operations.state).toBe('running');
    }
    expect(stopped).toEqual([
      'preparing.inspecting',
      'preparing.locking',
      'preparing.stopping',
      'preparing.loadingBackup',
    ]);
  });

  it.each(['MEMORY_THRESHOLD', 'TIMEOUT'] as const)('TR4 by %s after that goes on and says so', async (reason) => {
    for (const state of await states(rollback, /^executing\./)) {
      const end = await stopIn(rollback, state, reason);
      if (end === null) continue;
      const { run, result } = end;
      expect([state, result.outcome, result.finalStatus]).toEqual([state, 'rolledBack', 'PARTIAL']);
      expect(result.warnings.map(({ code }) => code)).toContain(reason);
      expect([state, ...(await violations(run.kit, run.ends, result))]).toEqual([state]);
    }
  });

  it('RB23 by a person between Clear Database and Verify Data undoes what was done', async () => {
    const stopped: string[] = [];
    for (const state of await states(rollback, /^executing\./)) {
      const end = await stopIn(rollback, state, 'USER_CANCELLED');
      if (end === null) continue;
      stopped.push(state);
      const { run, result } = end;
      expect([state, result.outcome, ...(await violations(run.kit, run.ends, result))]).toEqual([state, 'unchanged']);
      const next = await drive(run.kit.clock, rollback.run(run.kit.start()));
      expect(next).toMatchObject({ end: 'value', value: { outcome: 'rolledBack' } });
      expect(differences(witness(run.kit), run.ends.rolledBack as Witness)).toEqual([]);
    }
    expect(stopped).toEqual([
      'executing.clearingDatabase',
      'executing.invalidatingCache',
      'executing.preparingRestore',
      'executing.restoringStorage',
    ]);
  });

  it('RB23 by a person from Verify Data on is refused, and it comes to its end', async () => {
    for (const state of await states(rollback, /^(verifying|finishing)\./)) {
      const run = await pauseIn(rollback, state);
      if (run === null) continue;
      await expect(run.process.client.cancel()).rejects.toMatchObject({ code: 'CANCEL_TOO_LATE' });
      run.gate.open();
      expect(await run.finish()).toMatchObject({ end: 'value', value: { outcome: 'rolledBack' } });
    }
  });

  it('RB24 by a database that is lost in any state ends in one of the three ways', async () => {
    for (const state of await states(rollback, /^(executing|verifying|finishing)\./)) {
      const end = await stopIn(rollback, state, 'DATABASE_CONNECTION_LOST');
      if (end === null) continue;
      const { run, result } = end;
      expect([state, ...(await violations(run.kit, run.ends, result))]).toEqual([state]);
    }
  });
});
