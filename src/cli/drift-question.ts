import type { Backpedal, DriftPolicy, Question, RollbackPlan } from '../index.ts';
import { asKnownError } from './error-report.ts';
import { driftLines, driftPhrase, driftTotal } from './format-drift.ts';
import type { Choice, Prompts } from './prompts.ts';
import type { Setting } from './setting.ts';

/** A question about what was changed after the migration. */
export type DriftQuestion = Extract<Question, { question: 'drift' }>;

/** What has to be asked before a rollback begins, after its plan was shown. */
export type Opening = 'confirm' | 'chooseDrift' | 'confirmDiscard';

/** The question that goes with a plan and a policy: whatever would lose something is asked for by name. */
export function openingFor(plan: Pick<RollbackPlan, 'drift'>, policy: DriftPolicy): Opening {
  if (driftTotal(plan.drift) === 0 || policy === 'merge') return 'confirm';
  return policy === 'ask' ? 'chooseDrift' : 'confirmDiscard';
}

type DriftAnswer = 'cancel' | 'merge' | 'discard';

/** The safe answer comes first and is taken without thinking. */
const choices: readonly Choice<DriftAnswer>[] = [
  { value: 'cancel', label: 'Cancel', hint: 'everything stays as it is' },
  { value: 'merge', label: 'Merge', hint: 'the changes are carried over into what is restored' },
  { value: 'discard', label: 'Discard', hint: 'the backup as it was; the changes stay in the archive only' },
];

/** Has the person type the word before changes are left out. */
export function confirmDiscard(prompts: Prompts, phrase: string): Promise<boolean> {
  return prompts.typed(`What is restored will be without the changes made after the migration (${phrase}).`, 'discard');
}

/** What becomes of the drift, as a person chooses; everything but a clear answer is `cancel`. */
export async function askAboutDrift(prompts: Prompts, phrase: string): Promise<DriftAnswer> {
  const answer = await prompts.choose(`Changed after the migration: ${phrase}. What becomes of it?`, choices);
  if (answer !== 'discard') return answer ?? 'cancel';
  return (await confirmDiscard(prompts, phrase)) ? 'discard' : 'cancel';
}

/** An answer that was given to what the plan has shown. */
export interface PreparedAnswer {
  readonly choice: 'merge' | 'discard';
  readonly driftDigest: string;
}

/** The changed rows, for people; nothing where the backup cannot be used, so that there is no plan. */
export async function listedDrift(client: Backpedal): Promise<string> {
  try {
    return driftLines(await client.plan()).join('\n');
  } catch (error) {
    if (asKnownError(error)?.code.startsWith('BACKUP_') !== true) throw error;
    return 'The changed rows cannot be listed, because the backup cannot be used.';
  }
}

/** Answers with what a person chose; a question that has changed meanwhile is put again by the run. */
async function decide(client: Backpedal, question: DriftQuestion, choice: 'merge' | 'discard'): Promise<'answered'> {
  try {
    await client.decide({ question: 'drift', choice, driftDigest: question.driftDigest });
  } catch (error) {
    if (asKnownError(error)?.code !== 'DECISION_STALE') throw error;
  }
  return 'answered';
}

/**
 * Answers a question about drift: with the prepared answer if it was given to the same drift, otherwise by asking;
 * without a terminal it is left to somebody else.
 */
export async function answerDrift(
  setting: Setting,
  client: Backpedal,
  question: DriftQuestion,
  prepared: PreparedAnswer | null,
): Promise<'answered' | 'left'> {
  if (prepared?.driftDigest === question.driftDigest) return decide(client, question, prepared.choice);
  if (!setting.surroundings.canAsk) return 'left';
  if (prepared !== null) setting.output.message('Something else was changed since you were asked.');
  else setting.output.message(await listedDrift(client));
  const answer = await askAboutDrift(setting.prompts, driftPhrase(question.drift));
  if (answer !== 'cancel') return decide(client, question, answer);
  await client.cancel();
  return 'answered';
}
