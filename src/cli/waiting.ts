import type { Question } from '../index.ts';
import { answersTo, questionPhrase } from './answers.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { driftPhrase } from './format-drift.ts';
import { nextCommand, type Setting } from './setting.ts';

/** A command that answers an open question, and what it does. */
interface AnswerCommand {
  readonly command: string;
  readonly effect: string;
}

/** The commands that answer an open question, and what each does. */
export function answerCommands(setting: Pick<Setting, 'configFile'>, question: Question): readonly AnswerCommand[] {
  const digest = question.question === 'drift' ? ` --digest ${question.driftDigest}` : '';
  const answers = answersTo(question).map(({ choice, effect, word }) => ({
    command: nextCommand(setting, `decide ${choice}${digest}${word === undefined ? '' : ' --yes'}`),
    effect,
  }));
  const cancel = { command: nextCommand(setting, 'cancel'), effect: 'leaves everything as it is' };
  // Elsewhere an answer of its own says so.
  return question.question === 'drift' ? [...answers, cancel] : answers;
}

function headline(runId: string, question: Question): string {
  if (question.question === 'drift')
    return `The rollback ${runId} waits for a decision about what came after the migration: ${driftPhrase(question.drift)}.`;
  return `The run ${runId} waits for a decision: ${questionPhrase(question)}?`;
}

/** Says that a run waits for a person, and what that person can call. */
export async function reportWaiting(
  setting: Setting,
  waiting: { readonly runId: string; readonly question: Question },
): Promise<ExitCode> {
  const { runId, question } = waiting;
  const commands = answerCommands(setting, question);
  const text = [
    headline(runId, question),
    'Nothing is done and nothing is locked meanwhile. Call one of:',
    ...commands.map(({ command, effect }) => `  ${command}\n      ${effect}`),
    ...(question.question === 'drift' ? [`\`${nextCommand(setting, 'plan')}\` lists the changes.`] : []),
  ].join('\n');
  await setting.output.result({ waiting: { runId, question, next: commands } }, text);
  return EXIT.personNeeded;
}
