import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../adapters/temporary-folder.ts';
import { type FakeIo, fakeIo } from './fake-io.ts';
import { jsonOf, migratedProject } from './memory-project.ts';
import { nobody, person } from './people.ts';

describe('backups', () => {
  it('CM18 are listed, verified, exported and imported again; a damaged one is refused with its code', async () => {
    const project = await migratedProject();
    const [backup] = jsonOf(await project.call('backups', '--json')) as { id: string }[];
    expect((await project.call('backups', 'verify')).code).toBe(0);
    const { text } = jsonOf(await project.call('backups', 'export', '--json')) as { text: string };
    expect((await project.call('backups', 'export', String(backup?.id))).stdout.trimEnd()).toBe(text.trimEnd());

    await inFolder(async (folder) => {
      const here = (): FakeIo => fakeIo({ cwd: folder });
      await writeFile(join(folder, 'good.json'), text);
      await writeFile(join(folder, 'bad.json'), text.replace('version', 'versiom'));
      const files = [...project.vault.disk];
      const refused = await project.callWith(here(), nobody, 'backups', 'import', 'bad.json', '--json');
      expect(refused.code).toBe(1);
      expect(jsonOf(refused)).toMatchObject({ error: { code: expect.stringMatching(/^BACKUP_/) } });
      expect([...project.vault.disk]).toEqual(files);
      expect((await project.callWith(here(), nobody, 'backups', 'import', 'gone.json')).code).toBe(2);
      const imported = await project.callWith(here(), nobody, 'backups', 'import', 'good.json', '--json');
      expect(imported.code).toBe(0);
      expect(jsonOf(imported)).toMatchObject({ migrationId: 'tasks-to-database', entries: 2 });
    });
  });

  it('CM18 are removed only after a typed word, and never the last good one', async () => {
    const project = await migratedProject();
    const [backup] = jsonOf(await project.call('backups', '--json')) as { id: string }[];
    const id = String(backup?.id);
    expect(await project.callInTerminal(person('yes'), 'backups', 'remove', id)).toMatchObject({
      code: 1,
      stdout: 'Nothing was removed.\n',
    });
    expect(await project.callInTerminal(person('remove'), 'backups', 'remove', id)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/BACKUP_(LAST_GOOD|PINNED)/),
    });
    expect(jsonOf(await project.call('backups', '--json'))).toHaveLength(1);
  });

  it('CM18 that are damaged make verify end with 1', async () => {
    const project = await migratedProject();
    for (const [name, text] of project.vault.disk)
      if (name.includes('backup')) project.vault.disk.set(name, text.replace('one', 'onE'));
    const checked = await project.call('backups', 'verify');
    expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining('DAMAGED') });
  });
});
