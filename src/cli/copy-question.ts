import type { Backpedal, Decision, Question } from '../index.ts';
import { type Answer, type AnyChoice, answersTo, questionPhrase } from './answers.ts';
import type { Choice, Prompts } from './prompts.ts';

/** A question about which copy of the data is to be used, or whether it is put back at all. */
export type CopyQuestion = Exclude<Question, { question: 'drift' }>;

/** Taken without thinking: nothing is done, and whoever asks next may answer. */
const later: Choice<'later'> = {
  value: 'later',
  label: 'Decide later',
  hint: 'the question stays open; nothing is changed meanwhile',
};

/** Has the person type the word before something is lost; what loses nothing needs no word. */
export async function confirmAnswer(prompts: Prompts, { label, effect, word }: Answer): Promise<boolean> {
  return word === undefined || prompts.typed(`${label}: ${effect}.`, word);
}

/** Puts the question to a person; everything but a clear answer is `later`. */
export async function askAboutCopies(prompts: Prompts, question: CopyQuestion): Promise<AnyChoice | 'later'> {
  const answers = answersTo(question);
  const choices = answers.map(({ choice, label, effect }) => ({ value: choice, label, hint: effect }));
  const phrase = questionPhrase(question);
  const message = `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}?`;
  const chosen = await prompts.choose<AnyChoice | 'later'>(message, [later, ...choices]);
  const answer = answers.find(({ choice }) => choice === chosen);
  if (answer === undefined || !(await confirmAnswer(prompts, answer))) return 'later';
  return answer.choice;
}

/** Gives the answer to the run that has asked. */
export function decideCopies(client: Backpedal, { question }: CopyQuestion, choice: AnyChoice): Promise<void> {
  return client.decide({ question, choice } as Decision);
}
