import { describe, expect, it } from 'vitest';
import type { Prompts } from '../../src/cli/prompts.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeClient } from './fake-client.ts';
import { type FakeIo, fakeIo } from './fake-io.ts';
import { edit, jsonOf, memoryProject, migratedProject } from './memory-project.ts';
import { nobody, person } from './people.ts';
import { statusOf } from './samples.ts';

describe('looking', () => {
  it('CM6 plan ends with 3 when there is drift, and changes nothing', async () => {
    const project = await migratedProject();
    expect((await project.call('plan')).code).toBe(0);
    edit(project);
    const before = [...project.vault.disk];
    const plan = await project.call('plan', '--json');
    expect(plan.code).toBe(3);
    expect(jsonOf(plan)).toMatchObject({ rowsToRemove: 3, drift: { added: 1, changed: 1 } });
    expect([...project.vault.disk]).toEqual(before);
  });

  it('CM6 plan ends with 1 when a rollback could not begin', async () => {
    const project = await migratedProject();
    edit(project);
    await project.call('rollback', '--yes');
    expect(await project.call('plan')).toMatchObject({ code: 1, stdout: expect.stringContaining('It cannot begin') });
  });

  it('CM6 drill rehearses and touches nothing', async () => {
    const project = await migratedProject();
    expect(jsonOf(await project.call('drill', '--json'))).toMatchObject({
      success: true,
      keysRestored: 1,
      rowsRemoved: 2,
    });
    expect(project.database.rows('tasks')).toHaveLength(2);
    expect(project.storage.getItem('task-store')).toBeNull();
  });

  it('CM16 status knows every state, and begins nothing', async () => {
    const project = memoryProject();
    expect(jsonOf(await project.call('status', '--json'))).toMatchObject({
      migrationState: 'NOT_STARTED',
      runId: null,
    });
    expect(project.vault.disk.size).toBe(0);
    await project.call('migrate', '--yes');
    expect((await project.call('status')).stdout).toMatch(/^MIGRATED/);
    await project.call('rollback', '--yes');
    expect((await project.call('status')).stdout).toMatch(/^ROLLED_BACK/);
  });

  it('CM17 verify checks storage and database, and ends with 1 when one fails', async () => {
    const project = await migratedProject();
    await project.call('rollback', '--yes');
    expect(await project.call('verify')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/localstorage.*\n.*database/),
    });
    project.storage.removeItem('task-store');
    expect((await project.call('verify', 'localstorage')).code).toBe(1);
    expect((await project.call('verify', 'database')).code).toBe(0);
    expect((await project.call('verify', 'everything')).code).toBe(2);
  });

  it('CM19 report and archive export are of the latest run, audit lists the trail', async () => {
    const project = await migratedProject();
    expect((await project.call('report')).code).toBe(2);
    expect((await project.call('archive', 'export')).code).toBe(2);
    const { runId } = jsonOf(await project.call('rollback', '--yes', '--json')) as { runId: string };
    expect((await project.call('report')).stdout).toContain(`# Receipt of run ${runId}`);
    expect(jsonOf(await project.call('archive', 'export'))).toMatchObject({
      run: runId,
      rows: [{ key: '["t1"]' }, { key: '["t2"]' }],
    });
    expect((await project.call('archive')).stdout).toMatch(new RegExp(`${runId} +tasks +tasks +2`));
    expect((await project.call('audit')).stdout).toMatch(/MIGRATION .*\n.*MIGRATION_ROLLBACK/);
    expect((await project.call('report', '--run', 'none')).code).toBe(1);
  });

  it('CM20 diagram needs no configuration', async () => {
    const { code, stdout } = await memoryProject().call('diagram', 'migration');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^stateDiagram-v2/);
    expect(stdout).toContain('Copying into the database');
  });
});

describe('safe mode', () => {
  it('CM16 is told by status with 4, and left with a reason that is audited', async () => {
    const calls: string[] = [];
    const locked = statusOf({ migrationState: 'SAFE_MODE', escalation: 3, runId: 'r1', outcome: 'safeMode' });
    const { client } = fakeClient({
      canRollback: async () => ({ canRollback: false, reason: 'safe mode', backupAvailable: false, estimatedTime: 0 }),
      monitorRollback: (_, onUpdate) => {
        onUpdate(locked);
        return () => {};
      },
      unlock: async ({ reason, lease }) => {
        calls.push(lease === undefined ? reason : `${lease}: ${reason}`);
      },
      close: async () => {},
    });
    const project = memoryProject();
    const call = async (fake: FakeIo, prompts: Prompts, ...argv: string[]): Promise<[number, string]> => {
      const loadOptions = async () => project.options;
      const code = await runCli(argv, fake.io, { loadOptions, prompts, createClient: () => client });
      return [code, fake.stdout()];
    };
    const [code, text] = await call(fakeIo(), nobody, 'status');
    expect(code).toBe(4);
    expect(text).toContain('SAFE_MODE: ');
    expect(text).toContain('backpedal unlock --reason TEXT');
    expect((await call(fakeIo({ terminal: true }), person(false), 'unlock', '--reason', 'repaired'))[0]).toBe(1);
    expect(calls).toEqual([]);
    expect((await call(fakeIo({ terminal: true }), person(true), 'unlock', '--reason', 'repaired'))[0]).toBe(0);
    expect(calls).toEqual(['repaired']);
    const freeing = ['unlock', '--abandoned-lease', '--yes', '--reason', 'its laptop is gone'];
    expect(await call(fakeIo(), nobody, ...freeing)).toEqual([0, expect.stringContaining('lease is free')]);
    expect(calls.at(-1)).toBe('abandoned: its laptop is gone');
  });
});
