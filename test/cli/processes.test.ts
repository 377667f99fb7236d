import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inFolder } from '../adapters/temporary-folder.ts';
import {
  backpedal,
  ENTRIES,
  editRows,
  SHELL_COMMAND,
  type Started,
  start,
  startBackpedal,
  storedEntries,
  writeProject,
} from './file-project.ts';

/** A pseudo-terminal for a program, where util-linux is there. */
const SCRIPT = '/usr/bin/script';

/** The storage as a rollback has to leave it; the marker is backpedal's own. */
async function withoutMarker(folder: string): Promise<Record<string, string>> {
  const entries = await storedEntries(folder);
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !key.startsWith('backpedal:')));
}

const programs: Started[] = [];

/** Takes note of a program, so that a test that fails leaves none behind. */
function started(program: Started): Started {
  programs.push(program);
  return program;
}

afterEach(() => {
  for (const program of programs.splice(0)) program.kill();
});

describe('the command line on files', () => {
  it('CM1 migrates, finds drift, waits for a person, and goes on in another process with the answer', async () => {
    await inFolder(async (folder) => {
      await writeProject(folder);
      const early = await backpedal(folder, 'rollback', '--yes', '--json');
      expect(early.code).toBe(1);
      expect(JSON.parse(early.stdout)).toMatchObject({ error: { code: 'NOT_MIGRATED' } });
      expect(await backpedal(folder, 'migrate')).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('--yes'),
      });

      const migrated = await backpedal(folder, 'migrate', '--yes', '--json');
      expect(migrated).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(migrated.stdout)).toMatchObject({ outcome: 'migrated', migrated: 2 });
      expect(await storedEntries(folder)).not.toHaveProperty('task-store');

      await editRows(folder);
      expect(await backpedal(folder, 'plan')).toMatchObject({
        code: 3,
        stdout: expect.stringContaining('changed    tasks  ["t2"]'),
      });
      const waiting = await backpedal(folder, 'rollback', '--yes');
      expect(waiting.code).toBe(4);
      const digest = /decide merge --digest (\w+)/.exec(waiting.stdout)?.[1] ?? '';
      const status = await backpedal(folder, 'status', '--json');
      expect(status.code).toBe(4);
      expect(JSON.parse(status.stdout)).toMatchObject({
        migrationState: 'ROLLING_BACK',
        question: { driftDigest: digest },
      });

      const decided = await backpedal(folder, 'decide', 'merge', '--digest', digest);
      expect(decided).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Rolled back/) });
      const merged = ENTRIES['task-store']?.replace('"two"', '"edited"');
      expect(await withoutMarker(folder)).toEqual({ ...ENTRIES, 'task-store': merged });
    });
  });

  it('CM13 leaves at the second Ctrl-C with 130, and the run can be cancelled by another process', async () => {
    await inFolder(async (folder) => {
      await writeProject(folder);
      const held = started(startBackpedal(folder, ['migrate', '--yes'], { HOLD: 'operations' }));
      await held.wrote('Stopping the app’s work');
      held.interrupt();
      await held.wrote('Cancelling');
      held.interrupt();
      expect(await held.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Left at once') });
      const cancelled = await backpedal(folder, 'cancel');
      expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing was changed/) });
      expect(await withoutMarker(folder)).toEqual(ENTRIES);
    });
  });

  it.runIf(existsSync(SCRIPT))('CM7 asks in a terminal, where the word has to be typed', async () => {
    await inFolder(async (folder) => {
      await writeProject(folder);
      expect((await backpedal(folder, 'migrate', '--yes')).code).toBe(0);
      await editRows(folder);
      const call = started(
        start(folder, SCRIPT, ['-qec', `stty cols 200 rows 40; ${SHELL_COMMAND} rollback`, '/dev/null']),
      );
      await call.wrote('What becomes of it?');
      call.say('\u001b[B\u001b[B\r');
      await call.wrote('to go on.');
      call.say('discard\r');
      const ended = await call.ended;
      expect(ended.stdout).toContain('[####################] 100 %  Your data is back\r');
      expect(ended.stdout).toContain('Rolled back');
      expect(ended.code).toBe(0);
      expect(await withoutMarker(folder)).toEqual(ENTRIES);
    });
  });

  it('CM15 writes documents to new files that only the user may read, and overwrites none', async () => {
    await inFolder(async (folder) => {
      const diagram = await backpedal(folder, 'diagram', 'migration', '--out', 'chart.mmd', '--json');
      expect(diagram.code).toBe(0);
      const file = join(folder, 'chart.mmd');
      expect(JSON.parse(diagram.stdout)).toMatchObject({ file });
      expect(await readFile(file, 'utf8')).toMatch(/^stateDiagram-v2/);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await backpedal(folder, 'diagram', '--out', 'chart.mmd')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('exists already'),
      });
      expect(await readFile(file, 'utf8')).toContain('Copying into the database');
    });
  });
});
