import { describe, expect, it } from 'vitest';
import type { Prompts } from '../../src/cli/prompts.ts';
import { deferred } from './deferred.ts';
import { fakeIo } from './fake-io.ts';
import { edit, jsonOf, memoryProject, migratedProject, TASKS } from './memory-project.ts';
import { nobody, person } from './people.ts';

describe('a rollback', () => {
  it('CM1 without drift is done, and gives every byte back', async () => {
    const project = await migratedProject();
    expect(project.storage.getItem('task-store')).toBeNull();
    const { code, stdout, stderr } = await project.call('rollback', '--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Rolled back/);
    expect(stderr).toContain('Putting the data back');
    expect(project.storage.getItem('task-store')).toBe(TASKS);
    expect(project.database.rows('tasks')).toEqual([]);
  });

  it('CM2 with --json is one value on stdout and nothing on stderr', async () => {
    const project = await migratedProject();
    const called = await project.call(
      'rollback',
      '--yes',
      '--json',
      '--reason',
      'DATA_CORRUPTION',
      '--detail',
      'wrong totals',
    );
    expect(called.stderr).toBe('');
    expect(jsonOf(called)).toMatchObject({ outcome: 'rolledBack', success: true, finalStatus: 'SUCCESS' });
    const audit = jsonOf(await project.call('audit', '--json')) as { reason: string; detail: string }[];
    expect(audit.at(-1)).toMatchObject({ reason: 'DATA_CORRUPTION', detail: 'wrong totals' });
  });

  it('CM5 that would have to ask stops with 2, names --yes, and loads nothing', async () => {
    const project = await migratedProject();
    let loaded = 0;
    project.options = new Proxy(project.options, {
      get: (options, name) => {
        loaded += 1;
        return Reflect.get(options, name);
      },
    });
    for (const argv of [
      ['rollback'],
      ['migrate'],
      ['unlock', '--reason', 'x'],
      ['backups', 'remove', 'b'],
      ['decide', 'discard'],
    ]) {
      const { code, stderr } = await project.call(...argv);
      expect([argv, code]).toEqual([argv, 2]);
      expect(stderr).toContain('--yes');
    }
    expect((await project.call('decide')).code).toBe(2);
    expect(loaded).toBe(0);
    expect(project.storage.getItem('task-store')).toBeNull();
  });

  it('CM7 in a terminal shows the plan first, and goes on only after a yes', async () => {
    const project = await migratedProject();
    const no = person(false);
    const declined = await project.callInTerminal(no, 'rollback');
    expect(declined).toMatchObject({ code: 1, stdout: 'Nothing was done.\n' });
    expect(declined.stderr).toContain('Database: 2 rows to remove');
    expect(no.asked).toHaveLength(1);
    expect((await project.callInTerminal(person(true), 'rollback')).code).toBe(0);
  });

  it('CM21 that a person declines leaves everything as it was', async () => {
    const project = await migratedProject();
    edit(project);
    const journal = [...project.vault.disk];
    expect((await project.callInTerminal(person('cancel'), 'rollback')).code).toBe(1);
    expect((await project.callInTerminal(person('discard', 'no'), 'rollback')).code).toBe(1);
    expect((await project.callInTerminal(person(''), 'rollback', '--on-drift', 'discard')).code).toBe(1);
    expect((await project.callInTerminal(person(false), 'rollback', '--on-drift', 'merge')).code).toBe(1);
    expect([...project.vault.disk]).toEqual(journal);
  });

  it('CM7 with drift lets a person choose, cancelling first, and quotes what was shown', async () => {
    const project = await migratedProject();
    edit(project);
    const chooser = person('merge');
    const { code, stderr } = await project.callInTerminal(chooser, 'rollback');
    expect(code).toBe(0);
    expect(stderr).toContain('changed    tasks  ["t1"]');
    expect(chooser.asked).toEqual([
      expect.stringMatching(/2 rows \(1 added, 1 changed\).*\[cancel, merge, discard\]$/),
    ]);
    expect(project.storage.getItem('task-store')).toContain('{"id": "t1", "title": "edited"}');
    expect(project.storage.getItem('task-store')).toContain('three');
  });

  it('CM7 has leaving changes out typed, and restores the backup as it was then', async () => {
    const project = await migratedProject();
    edit(project);
    expect((await project.callInTerminal(person('discard', 'discard'), 'rollback')).code).toBe(0);
    expect(project.storage.getItem('task-store')).toBe(TASKS);
  });

  it('CM7 asks again when something else was changed while the person was thinking', async () => {
    const project = await migratedProject();
    edit(project);
    const slow = person('merge', 'discard', 'discard');
    const choose = slow.choose;
    let thought = 0;
    const late: Prompts = {
      ...slow,
      choose: (message, choices) => {
        thought += 1;
        if (thought === 1) project.database.insert('tasks', { id: 't4', title: 'four' });
        return choose(message, choices);
      },
    };
    const { code, stderr } = await project.callInTerminal(late, 'rollback');
    expect(stderr).toContain('Something else was changed since you were asked.');
    expect(slow.asked[1]).toContain('2 added');
    expect(code).toBe(0);
    expect(project.storage.getItem('task-store')).toBe(TASKS);
  });

  it('CM7 is cancelled, with everything as it was, by cancelling the second question', async () => {
    const project = await migratedProject();
    edit(project);
    const { code, stdout } = await project.callInTerminal(person('cancel'), 'rollback', '--yes');
    expect(stdout).toMatch(/^Nothing was changed/);
    expect(code).toBe(1);
    expect(project.database.rows('tasks')).toHaveLength(3);
  });

  it('CM1 that is refused says why: nothing to take back, and an unknown backup', async () => {
    const project = memoryProject();
    expect(await project.call('rollback', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_MIGRATED'),
    });
    const migrated = await migratedProject();
    const unknown = await migrated.call('rollback', '--yes', '--backup', 'nothing-like-it', '--json');
    expect(unknown.code).toBe(1);
    expect(jsonOf(unknown)).toMatchObject({ error: { code: 'BACKUP_NOT_FOUND' } });
  });
});

describe('a question that nobody can be asked', () => {
  it('CM8 ends with 4 and names the commands; status shows it, and decide goes on to the end', async () => {
    const project = await migratedProject();
    edit(project);
    const asked = await project.call('rollback', '--yes');
    expect(asked.code).toBe(4);
    const digest = /decide merge --digest (\w+)/.exec(asked.stdout)?.[1] ?? '';
    const status = await project.call('status');
    expect(status.code).toBe(4);
    expect(status.stdout).toContain(`backpedal decide discard --digest ${digest} --yes`);
    expect((await project.call('decide', 'merge', '--digest', 'another')).code).toBe(4);
    expect(project.database.rows('tasks')).toHaveLength(3);
    const decided = await project.call('decide', 'merge', '--digest', digest);

    expect(decided).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Rolled back/) });
    expect(project.storage.getItem('task-store')).toContain('edited');
  });

  it('CM8 can be answered by a person in another terminal', async () => {
    const project = await migratedProject();
    edit(project);
    const waiting = jsonOf(await project.call('rollback', '--yes', '--json'));
    expect(waiting).toMatchObject({ waiting: { question: { drift: { added: 1, changed: 1 } } } });
    const open = await project.callInTerminal(person('cancel'), 'decide');
    expect(open).toMatchObject({ code: 4, stderr: expect.stringContaining('["t1"]') });
    expect((await project.callInTerminal(person('no'), 'decide', 'discard')).code).toBe(4);
    expect((await project.callInTerminal(person('discard', 'discard'), 'decide')).code).toBe(0);
    expect(project.storage.getItem('task-store')).toBe(TASKS);
  });

  it('CM8 goes away with cancel, and everything is as it was', async () => {
    const project = await migratedProject();
    edit(project);
    await project.call('rollback', '--yes');
    const cancelled = await project.call('cancel');
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing was changed/) });
    expect((await project.call('status')).stdout).toMatch(/^MIGRATED/);
    expect(project.database.rows('tasks')).toHaveLength(3);
  });

  it('CM8 names the configuration in the commands, quoted for a shell', async () => {
    const project = await migratedProject();
    edit(project);
    const { stdout } = await project.call('rollback', '--yes', '--config', "it's here.ts");
    expect(stdout).toContain("backpedal cancel --config 'it'\\''s here.ts'");
  });

  it('CM8 is not there: decide and cancel are refused', async () => {
    const project = await migratedProject();
    expect((await project.call('decide', 'merge')).code).toBe(2);
    expect(await project.call('cancel')).toMatchObject({ code: 1, stderr: expect.stringContaining('RUN_NOT_FOUND') });
  });
});

describe('Ctrl-C', () => {
  it('CM13 while a run is under way ends with 130 and everything as it was', async () => {
    const project = await migratedProject();
    const stopping = deferred<void>();
    const release = deferred<void>();
    const stop = (): Promise<void> => {
      stopping.resolve();
      return release.promise;
    };
    project.options = { ...project.options, operations: { stop, resume: async () => {} } };
    const fake = fakeIo();
    const call = project.callWith(fake, nobody, 'rollback', '--yes');
    await stopping.promise;
    fake.interrupt();
    release.resolve();
    const { code, stdout, stderr } = await call;
    expect(stderr).toContain('Cancelling');
    expect(stdout).toMatch(/^Nothing was changed/);
    expect(code).toBe(130);
    expect(project.database.rows('tasks')).toHaveLength(2);
  });
});
