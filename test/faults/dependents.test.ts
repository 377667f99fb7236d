import { describe, expect, it } from 'vitest';
import { differences, witness } from '../support/invariants.ts';
import { pauseIn } from '../support/pause.ts';
import { createKit, type Kit } from '../support/run-kit.ts';
import { PLAIN_ROLLBACK, type Scenario } from '../support/scenarios.ts';
import { smallSqlJsOptions } from '../support/sqljs-kit.ts';

/** People have hung rows of other tables on migrated ones; foreign keys are enforced. */
async function prepare(kit: Kit): Promise<void> {
  await kit.start().client.migrate();
  kit.database.insert('comments', { id: 'c1', taskId: 'a', text: 'goes with it' });
  kit.database.insert('comments', { id: 'c2', taskId: 'b', text: 'goes with it, too' });
  kit.database.insert('reminders', { id: 'r1', taskId: 'a', text: 'is detached' });
}

const rollback: Scenario = {
  ...PLAIN_ROLLBACK,
  options: smallSqlJsOptions,
  prepare,
  run: ({ client }) => client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }),
};

describe('rows that hang on migrated ones', () => {
  it('RB21 are listed in the plan, and asked about', async () => {
    const kit = createKit(smallSqlJsOptions);
    await prepare(kit);
    const plan = await kit.start().client.plan();
    expect(plan.dependents).toEqual([
      { table: 'comments', collection: 'tasks', rows: 2, effect: 'moved' },
      { table: 'reminders', collection: 'tasks', rows: 1, effect: 'detached' },
    ]);
    expect(plan).toMatchObject({ possible: true, drift: { dependents: 3, added: 0, changed: 0, deleted: 0 } });
  });

  it('RB21 are moved with them, told in the receipt, and lie in the archive', async () => {
    const kit = createKit(smallSqlJsOptions);
    await prepare(kit);
    const { client } = kit.start();
    const result = await client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });
    expect(result).toMatchObject({ outcome: 'rolledBack' });
    expect(kit.database.rows('comments').map(({ id }) => id)).toEqual(['c0']);
    expect(kit.database.rows('reminders')).toEqual([{ id: 'r1', taskId: null, text: 'is detached' }]);
    const { rows } = await client.archive.export(result.runId);
    expect(rows.filter(({ kind }) => kind === 'dependent').map(({ table, row }) => [table, row])).toEqual([
      ['comments', { id: 'c1', taskId: 'a', text: 'goes with it' }],
      ['comments', { id: 'c2', taskId: 'b', text: 'goes with it, too' }],
      ['reminders', { id: 'r1', taskId: 'a', text: 'is detached' }],
    ]);
    const { receipt } = await client.report(result.runId);
    expect(receipt.notCarriedOver.map(({ key }) => key)).toEqual(['["c1"]', '["c2"]', '["r1"]']);
  });

  it('RB21 are put back by the compensation', async () => {
    const run = await pauseIn(rollback, 'executing.restoringStorage');
    if (run === null) throw new Error('The run was not stopped.');
    expect(run.kit.database.rows('comments')).toHaveLength(1);
    await run.process.client.cancel();
    run.gate.open();
    expect(await run.finish()).toMatchObject({ end: 'value', value: { outcome: 'unchanged' } });
    expect(differences(witness(run.kit), run.ends.unchanged ?? witness(run.kit))).toEqual([]);
    expect(run.kit.database.rows('comments')).toHaveLength(3);
  });

  it('RB21 and whose foreign key forbids it: found out by the plan and before anything is changed', async () => {
    const kit = createKit(smallSqlJsOptions);
    await prepare(kit);
    kit.database.insert('invoices', { id: 'i1', taskId: 'c', text: 'must stay' });
    const before = witness(kit);
    const process = kit.start();
    expect(await process.client.plan()).toMatchObject({ possible: false });
    for (const onDrift of ['ask', 'merge'] as const) {
      const result = await process.client.rollback({ reason: 'USER_REQUEST', onDrift });
      expect(result).toMatchObject({ outcome: 'unchanged', error: { code: 'DATABASE_RESTRICTED' } });
      expect(differences(witness(kit), before)).toEqual([]);
    }
    kit.database.remove('invoices', { id: 'i1' });
    expect(await rollback.run(process)).toMatchObject({ outcome: 'rolledBack' });
  });
});
