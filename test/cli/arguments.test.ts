import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { type Backpedal, BackpedalError } from '../../src/index.ts';
import { fakeClient } from './fake-client.ts';
import { fakeIo } from './fake-io.ts';
import { jsonOf, memoryProject, migratedProject } from './memory-project.ts';

describe('what was typed', () => {
  it('CM11 is refused with 2 when it is not understood', async () => {
    const project = await migratedProject();
    const wrong = [
      [],
      ['recoverx'],
      ['rollback', '--yes', '--on-drft', 'merge'],
      ['rollback', '--yes', '--on-drift', 'merg'],
      ['rollback', '--yes', '--on-drift'],
      ['rollback', '--detail', '--yes'],
      ['rollback', '--yes', '--reason', 'because'],
      ['rollback', '--yes', 'now'],
      ['plan', '--no-such'],
      ['plan', '-q'],
      ['diagram', 'emergency'],
      ['backups', 'burn'],
      ['backups', 'import'],
      ['unlock', '--yes'],
    ];
    for (const argv of wrong) expect([argv, (await project.call(...argv)).code]).toEqual([argv, 2]);
    expect(project.storage.getItem('task-store')).toBeNull();
  });

  it('CM11 may have flags before the command', async () => {
    const project = await migratedProject();
    expect(jsonOf(await project.call('--json', '--config', 'x', 'plan'))).toMatchObject({
      migrationId: 'tasks-to-database',
    });
  });

  it('CM2 help is the result, without colours where there is no terminal', async () => {
    const project = memoryProject();
    const help = await project.call('--help');
    expect(help.code).toBe(0);
    for (const name of [
      'plan',
      'drill',
      'migrate',
      'rollback',
      'decide',
      'cancel',
      'status',
      'verify',
      'backups',
      'archive',
      'audit',
      'report',
      'unlock',
      'diagram',
    ])
      expect(help.stdout).toMatch(new RegExp(`\\b${name}\\b`));
    expect(help.stdout).not.toContain('\u001b');
    expect((await project.call('rollback', '--help')).stdout).toContain('--on-drift');
    expect(jsonOf(await project.call('rollback', '-h', '--json'))).toMatchObject({
      usage: expect.stringContaining('--reason'),
    });
  });

  it('CM2 the version is the package’s', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await memoryProject().call('--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('CM2 errors are one JSON value too', async () => {
    const called = await memoryProject().call('plan', '--json');
    expect(called.code).toBe(1);
    expect(jsonOf(called)).toMatchObject({ error: { code: 'NOT_MIGRATED', message: expect.any(String), details: {} } });
    expect(called.stderr).toContain('NOT_MIGRATED: ');
    expect(jsonOf(await memoryProject().call('nonsense', '--json'))).toMatchObject({ error: { code: 'USAGE' } });
  });

  it('CM14 the client is closed at the end, also after an error', async () => {
    const closedAfter = async (
      parts: Partial<Backpedal>,
      ...argv: string[]
    ): Promise<[code: number, closed: number]> => {
      let closed = 0;
      const { client } = fakeClient({
        ...parts,
        close: async () => {
          closed += 1;
        },
      });
      const loadOptions = async () => memoryProject().options;
      const code = await runCli(argv, fakeIo().io, { loadOptions, createClient: () => client });
      return [code, closed];
    };
    const damaged = new BackpedalError('BACKUP_DAMAGED', 'Damaged.');
    expect(await closedAfter({ drill: () => Promise.reject(damaged) }, 'drill')).toEqual([1, 1]);
    expect(await closedAfter({ unlock: async () => {} }, 'unlock', '--reason', 'x', '--yes')).toEqual([0, 1]);
  });

  it('CM14 an error while closing is told, and does not hide the first one', async () => {
    const failing = { close: () => Promise.reject(new BackpedalError('VAULT_UNAVAILABLE', 'Gone.')) };
    const call = async (parts: Partial<Backpedal>): Promise<{ code: number; stderr: string }> => {
      const io = fakeIo();
      const { client } = fakeClient({ ...failing, ...parts });
      const loadOptions = async () => memoryProject().options;
      const argv = ['unlock', '--reason', 'x', '--yes', '--json'];
      const code = await runCli(argv, io.io, { loadOptions, createClient: () => client });
      if (io.stdout() !== '') JSON.parse(io.stdout());
      return { code, stderr: io.stderr() };
    };
    expect(await call({ unlock: async () => {} })).toMatchObject({ code: 1, stderr: expect.stringContaining('Gone.') });
    const both = await call({ unlock: () => Promise.reject(new BackpedalError('NOT_IN_SAFE_MODE', 'Not locked.')) });
    expect(both.stderr).toMatch(/Gone\..*\n.*Not locked\./);
  });
});
