import type { Backpedal, Question, RollbackResult } from '../../index.ts';
import { oneOf, YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { currentStatus } from '../current-status.ts';
import { answerer, askAboutDrift, confirmDiscard, type PreparedAnswer } from '../drift-question.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { finishRollback } from '../finish-rollback.ts';
import { driftLines, driftPhrase } from '../format-drift.ts';
import { resultOfOpenRun } from '../open-run.ts';
import { confirmation, type Setting, withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';

const CHOICES = ['merge', 'discard'] as const;

/** What was typed: the choice, and the drift that it is given to. */
interface Typed {
  readonly choice: (typeof CHOICES)[number] | undefined;
  readonly digest: string | undefined;
  readonly yes: boolean | undefined;
}

/** The answer, asked for where it was not typed and where it would leave changes out; `null` for none. */
async function answerTo(
  setting: Setting,
  client: Backpedal,
  question: Question,
  typed: Typed,
): Promise<PreparedAnswer | { readonly choice: 'merge' | 'discard' } | null> {
  const phrase = driftPhrase(question.drift);
  if (typed.choice === undefined) {
    setting.output.message(driftLines(await client.plan()).join('\n'));
    const choice = await askAboutDrift(setting.prompts, phrase);
    return choice === 'cancel' ? null : { choice, driftDigest: question.driftDigest };
  }
  const asked = typed.choice === 'discard' && typed.yes !== true;
  if (asked && !(await confirmDiscard(setting.prompts, phrase))) return null;
  return { choice: typed.choice, ...(typed.digest === undefined ? {} : { driftDigest: typed.digest }) };
}

async function decide(setting: Setting, client: Backpedal, question: Question, typed: Typed): Promise<ExitCode> {
  const answer = await answerTo(setting, client, question, typed);
  if (answer === null) {
    await setting.output.result({ decided: null }, 'Nothing was decided; the question stays open.');
    return EXIT.personNeeded;
  }
  const start = async (): Promise<RollbackResult> => {
    await client.decide({ question: 'drift', ...answer });
    return resultOfOpenRun(client);
  };
  return finishRollback(setting, client, start, answerer(setting, client, null), question.driftDigest);
}

/** `backpedal decide`: answers the open question and goes on with the run that put it, in this process. */
export const decideCommand: CliCommand = cliCommand({
  name: 'decide',
  description: 'Answer the open question of a rollback, which then goes on',
  args: {
    choice: { type: 'positional', required: false, description: 'merge or discard; asked for on a terminal' },
    digest: { type: 'string', valueHint: 'DIGEST', description: 'Answer only for the changes that status showed' },
    ...YES,
  },
  run: (setting, args) => {
    const choice = args.choice === undefined ? undefined : oneOf(args.choice, CHOICES, 'CHOICE');
    if (choice === undefined && !setting.surroundings.canAsk) {
      throw new UsageError(
        'ANSWER_NEEDED',
        'There is no terminal to ask on: call backpedal decide merge, or backpedal decide discard --yes.',
      );
    }
    if (choice === 'discard') confirmation(setting, args.yes, 'decide discard');
    return withClient(setting, async (client, { migration }) => {
      const { question } = await currentStatus(client, migration.id);
      if (question !== null) return decide(setting, client, question, { choice, digest: args.digest, yes: args.yes });
      throw new UsageError('USAGE', 'No question is open, so there is nothing to decide. See backpedal status.');
    });
  },
});
