import type { Question } from '../index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { driftPhrase } from './format-drift.ts';
import { nextCommand, type Setting } from './setting.ts';

/** The commands that answer an open question, and what each does. */
export function answerCommands(
  setting: Pick<Setting, 'configFile'>,
  question: Pick<Question, 'driftDigest'>,
): readonly { readonly command: string; readonly effect: string }[] {
  const digest = `--digest ${question.driftDigest}`;
  return [
    {
      command: nextCommand(setting, `decide merge ${digest}`),
      effect: 'carries the changes over into what is restored',
    },
    {
      command: nextCommand(setting, `decide discard ${digest} --yes`),
      effect: 'restores the backup as it was; the changes stay in the archive only',
    },
    { command: nextCommand(setting, 'cancel'), effect: 'leaves everything as it is' },
  ];
}

/** Says that a run waits for a person, and what that person can call. */
export async function reportWaiting(
  setting: Setting,
  waiting: { readonly runId: string; readonly question: Question },
): Promise<ExitCode> {
  const { runId, question } = waiting;
  const commands = answerCommands(setting, question);
  const text = [
    `The rollback ${runId} waits for a decision about what came after the migration: ${driftPhrase(question.drift)}.`,
    'Nothing has been changed, and nothing is locked meanwhile. Call one of:',
    ...commands.map(({ command, effect }) => `  ${command}\n      ${effect}`),
    `\`${nextCommand(setting, 'plan')}\` lists the changes.`,
  ].join('\n');
  await setting.output.result({ waiting: { runId, question, next: commands } }, text);
  return EXIT.personNeeded;
}
