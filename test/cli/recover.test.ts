import { describe, expect, it } from 'vitest';
import { withFaults } from '../../src/testing/index.ts';
import { jsonOf, migratedProject, TASKS } from './memory-project.ts';

describe('recovering', () => {
  it('CM22 recover finishes a run whose process died, and has nothing to do afterwards', async () => {
    const project = await migratedProject();
    const { options } = project;
    // The process hangs where it would write to storage, and is never heard of again.
    const dying = withFaults(options.storage, [
      { operation: 'write', repeat: 'forever', moment: 'before', behaviour: 'neverSettles' },
    ]);
    project.options = { ...options, storage: dying.port };
    void project.call('rollback', '--yes');
    while (dying.count('write') === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(project.storage.getItem('task-store')).toBeNull();
    project.options = options;
    expect(await project.call('rollback', '--yes')).toMatchObject({
      stderr: expect.stringContaining('already in progress'),
    });
    const recovered = await project.call('recover', '--json');
    expect(recovered.code).toBe(0);
    expect(jsonOf(recovered)).toMatchObject({ action: 'resumed', rollback: { outcome: 'rolledBack' } });
    expect(project.storage.getItem('task-store')).toBe(TASKS);
    expect(await project.call('recover')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to finish'),
    });
  });
});
