import { describe, expect, it } from 'vitest';
import { answersTo, questionKey, questionPhrase } from '../../src/cli/answers.ts';
import { formatStatus } from '../../src/cli/format-status.ts';
import { PLAIN } from '../../src/cli/style.ts';
import { answerCommands } from '../../src/cli/waiting.ts';
import { jsonOf, type MemoryProject, migratedProject, TASKS } from './memory-project.ts';
import { person } from './people.ts';
import { QUESTION, QUESTIONS, statusOf } from './samples.ts';

/** Damages what the backup holds, so that only the rows still say what was there. */
async function withoutBackup(): Promise<MemoryProject> {
  const project = await migratedProject();
  for (const [name, text] of project.vault.disk) {
    if (name.endsWith('/content')) project.vault.disk.set(name, text.replace('"version": 3', '"version": 9'));
  }
  return project;
}

/** The commands that the result of a call names. */
const named = (stdout: string): string[] => stdout.match(/backpedal decide [^\n]*/g) ?? [];

describe('questions', () => {
  it('CM23 are told with every choice, what it does and what is lost by it', () => {
    for (const question of QUESTIONS) {
      const answers = answersTo(question);
      expect(answers.map(({ choice }) => choice)).toEqual(question.choices);
      for (const { label, effect } of answers) expect([label, effect].join('').length).toBeGreaterThan(30);
      const commands = answerCommands({ configFile: undefined }, question).map(({ command }) => command);
      for (const choice of question.choices) {
        expect(commands.filter((command) => command.startsWith(`backpedal decide ${choice}`))).toHaveLength(1);
      }
      const text = formatStatus(statusOf({ question, escalation: 2 }), commands, PLAIN);
      expect(text).toContain(`Question: ${questionPhrase(question)}?`);
    }
    const words = QUESTIONS.flatMap((question) => answersTo(question).filter(({ word }) => word !== undefined));
    expect(words.map(({ choice }) => choice)).toEqual([
      'discard',
      'useOlderBackup',
      'useReconstruction',
      'useOlderBackup',
      'useReconstruction',
      'restore',
    ]);
  });

  it('CM23 are told apart, so that each is put once', () => {
    expect(new Set(QUESTIONS.map(questionKey)).size).toBe(QUESTIONS.length);
    expect(questionKey(QUESTION)).toBe('d1');
  });
});

describe('a backup that cannot be used, and nobody to be asked', () => {
  it('CM23 ends with 4 and names the commands; decide answers in another process and goes on to the end', async () => {
    const project = await withoutBackup();
    const asked = await project.call('rollback', '--yes');
    expect(asked).toMatchObject({ code: 4, stdout: expect.stringContaining('cannot be used') });
    expect(named(asked.stdout)).toEqual(['backpedal decide useReconstruction --yes', 'backpedal decide stop']);
    const status = await project.call('status');
    expect(status.code).toBe(4);
    expect(named(status.stdout)).toEqual(named(asked.stdout));
    const decided = await project.call('decide', '--choice', 'useReconstruction', '--yes', '--json');
    expect(jsonOf(decided)).toMatchObject({ outcome: 'rolledBack', escalation: 2 });
    const { tasks } = JSON.parse(TASKS).state;
    expect(JSON.parse(project.storage.getItem('task-store') ?? '')).toMatchObject({ state: { tasks } });
  });

  it('CM23 is ended with everything as it was by stop, which needs no --yes', async () => {
    const project = await withoutBackup();
    await project.call('rollback', '--yes');
    const stopped = await project.call('decide', 'stop');
    expect(stopped).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Nothing was changed/) });
    expect(project.database.rows('tasks')).toHaveLength(2);
    expect((await project.call('status')).stdout).toMatch(/^MIGRATED/);
  });

  it('CM23 refuses choices of other questions, and grave ones without --yes', async () => {
    const project = await withoutBackup();
    await project.call('rollback', '--yes');
    for (const argv of [
      ['merge'],
      ['useOlderBackup', '--yes'],
      ['useReconstruction'],
      ['stop', '--choice', 'useReconstruction'],
      ['stop', '--choice', 'nonsense'],
      [],
    ]) {
      expect([argv, (await project.call('decide', ...argv)).code]).toEqual([argv, 2]);
    }
    expect(project.database.rows('tasks')).toHaveLength(2);
    expect((await project.call('status')).code).toBe(4);
  });

  it('CM23 --on-drift says nothing about which copy is used', async () => {
    const project = await withoutBackup();
    expect((await project.call('rollback', '--yes', '--on-drift', 'discard')).code).toBe(4);
    expect((await project.call('recover')).code).toBe(4);
    expect(project.database.rows('tasks')).toHaveLength(2);
  });
});

describe('a backup that cannot be used, and a person at a terminal', () => {
  it('CM23 asks; deciding later leaves the question open, with nothing changed', async () => {
    const project = await withoutBackup();
    const asked = person(null);
    const { code, stdout } = await project.callInTerminal(asked, 'rollback', '--yes');
    expect(asked.asked[0]).toMatch(/cannot be used.*\[later, useReconstruction, stop\]/s);
    expect(code).toBe(4);
    expect(named(stdout)).toContain('backpedal decide stop');
    expect(project.storage.getItem('task-store')).toBeNull();
    expect(project.database.rows('tasks')).toHaveLength(2);
  });

  it('CM23 is told so before the rollback begins, in the place of a plan, and lists no changes', async () => {
    const project = await withoutBackup();
    const declined = await project.callInTerminal(person(false), 'rollback');
    expect(declined).toMatchObject({ code: 1, stderr: expect.stringContaining('looks for another copy') });
    expect((await project.call('status')).stdout).toMatch(/^MIGRATED/);
    project.database.update('tasks', { id: 't2' }, { title: 'edited' });
    const asked = person(true, 'merge', 'useReconstruction', 'reconstruction');
    const { code, stderr } = await project.callInTerminal(asked, 'rollback');
    expect(stderr).toContain('cannot be listed');
    expect(asked.asked[1]).toContain('Changed after the migration');
    expect(code).toBe(1);
    expect(project.storage.getItem('task-store')).toContain('edited');
  });

  it('CM23 uses what was put together only when the word is typed', async () => {
    const project = await withoutBackup();
    expect((await project.callInTerminal(person('useReconstruction', 'yes'), 'rollback', '--yes')).code).toBe(4);
    expect(project.database.rows('tasks')).toHaveLength(2);
    const sure = person('useReconstruction', 'reconstruction');
    expect((await project.callInTerminal(sure, 'decide')).code).toBe(1);
    expect(sure.asked[1]).toContain('may differ');
    expect(project.database.rows('tasks')).toHaveLength(0);
    expect(project.storage.getItem('task-store')).toContain('"two"');
  });
});
