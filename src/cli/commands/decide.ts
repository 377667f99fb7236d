import type { Backpedal, Question } from '../../index.ts';
import { answerer } from '../answerer.ts';
import { type AnyChoice, answersTo, questionKey } from '../answers.ts';
import { oneOf, YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { askAboutCopies, type CopyQuestion, confirmAnswer, decideCopies } from '../copy-question.ts';
import { currentStatus } from '../current-status.ts';
import {
  askAboutDrift,
  confirmDiscard,
  type DriftQuestion,
  listedDrift,
  type PreparedAnswer,
} from '../drift-question.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { finishRun } from '../finish-run.ts';
import { driftPhrase } from '../format-drift.ts';
import { resultOfDecided } from '../open-run.ts';
import { confirmation, type Setting, withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';

const CHOICES = [
  'merge',
  'discard',
  'useOlderBackup',
  'reconstruct',
  'useReconstruction',
  'stop',
  'restore',
  'keepEmpty',
] as const satisfies readonly AnyChoice[];

/** Answers by which something is lost or comes back for others to see: asked for again, or `--yes`. */
const GRAVE: readonly AnyChoice[] = ['discard', 'useOlderBackup', 'useReconstruction', 'restore'];

/** What was typed: the choice, and the drift that it is given to. */
interface Typed {
  readonly choice: AnyChoice | undefined;
  readonly digest: string | undefined;
  readonly yes: boolean | undefined;
}

/** The answer, asked for where it was not typed and where it would leave changes out; `null` for none. */
async function driftAnswer(
  setting: Setting,
  client: Backpedal,
  question: DriftQuestion,
  typed: Typed,
): Promise<PreparedAnswer | { readonly choice: 'merge' | 'discard' } | null> {
  const phrase = driftPhrase(question.drift);
  if (typed.choice === undefined) {
    setting.output.message(await listedDrift(client));
    const choice = await askAboutDrift(setting.prompts, phrase);
    return choice === 'cancel' ? null : { choice, driftDigest: question.driftDigest };
  }
  const asked = typed.choice === 'discard' && typed.yes !== true;
  if (asked && !(await confirmDiscard(setting.prompts, phrase))) return null;
  const choice = typed.choice as 'merge' | 'discard';
  return { choice, ...(typed.digest === undefined ? {} : { driftDigest: typed.digest }) };
}

/** The same for a question about copies. */
async function copyAnswer(setting: Setting, question: CopyQuestion, typed: Typed): Promise<AnyChoice | null> {
  if (typed.choice === undefined) {
    const choice = await askAboutCopies(setting.prompts, question);
    return choice === 'later' ? null : choice;
  }
  const answer = answersTo(question).find(({ choice }) => choice === typed.choice);
  const isConfirmed = typed.yes === true || answer === undefined || (await confirmAnswer(setting.prompts, answer));
  return isConfirmed ? typed.choice : null;
}

/** How the answer is given, or `null` when none is. */
async function giving(
  setting: Setting,
  client: Backpedal,
  question: Question,
  typed: Typed,
): Promise<(() => Promise<void>) | null> {
  if (question.question === 'drift') {
    const answer = await driftAnswer(setting, client, question, typed);
    return answer === null ? null : () => client.decide({ question: 'drift', ...answer });
  }
  const choice = await copyAnswer(setting, question, typed);
  return choice === null ? null : () => decideCopies(client, question, choice);
}

async function decide(setting: Setting, client: Backpedal, question: Question, typed: Typed): Promise<ExitCode> {
  const choices: readonly AnyChoice[] = question.choices;
  if (typed.choice !== undefined && !choices.includes(typed.choice)) {
    throw new UsageError('USAGE', `The open question can be answered with one of: ${choices.join(', ')}.`);
  }
  const give = await giving(setting, client, question, typed);
  if (give === null) {
    await setting.output.result({ decided: null }, 'Nothing was decided; the question stays open.');
    return EXIT.personNeeded;
  }
  const start = async () => {
    await give();
    return resultOfDecided(client);
  };
  return finishRun(setting, client, start, answerer(setting, client, null), questionKey(question));
}

/** The choice, in the place for words or behind `--choice`. */
function typedChoice(word: string | undefined, flag: string | undefined): AnyChoice | undefined {
  if (word !== undefined && flag !== undefined && word !== flag) {
    throw new UsageError('USAGE', `CHOICE and --choice contradict each other: ${word}, ${flag}.`);
  }
  const text = flag ?? word;
  return text === undefined ? undefined : oneOf(text, CHOICES, flag === undefined ? 'CHOICE' : '--choice');
}

/** `backpedal decide`: answers the open question and goes on with the run that put it, in this process. */
export const decideCommand: CliCommand = cliCommand({
  name: 'decide',
  description: 'Answer the open question of a run, which then goes on',
  args: {
    word: {
      type: 'positional',
      valueHint: 'CHOICE',
      required: false,
      description: `One of the choices that status names (${CHOICES.join(', ')}); asked for on a terminal`,
    },
    choice: { type: 'string', valueHint: 'CHOICE', description: 'The same, as a flag' },
    digest: { type: 'string', valueHint: 'DIGEST', description: 'Answer only for the changes that status showed' },
    ...YES,
  },
  run: (setting, args) => {
    const choice = typedChoice(args.word, args.choice);
    if (choice === undefined && !setting.surroundings.canAsk) {
      throw new UsageError(
        'ANSWER_NEEDED',
        'There is no terminal to ask on: call backpedal decide CHOICE (merge, discard --yes, …); backpedal status names the commands that answer the open question.',
      );
    }
    if (choice !== undefined && GRAVE.includes(choice)) confirmation(setting, args.yes, `decide ${choice}`);
    return withClient(setting, async (client, { migration }) => {
      const { question } = await currentStatus(client, migration.id);
      if (question !== null) return decide(setting, client, question, { choice, digest: args.digest, yes: args.yes });
      throw new UsageError('USAGE', 'No question is open, so there is nothing to decide. See backpedal status.');
    });
  },
});
