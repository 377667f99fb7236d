import type { Question } from '../index.ts';
import type { Formats } from './formats.ts';
import type { Choice, ChoiceMessages, Messages, QuestionMessages } from './messages.ts';

/** A choice as a person reads it. */
export interface Option {
  readonly value: Choice;
  readonly label: string;
  readonly effect: string;
  readonly loss: string;
  readonly word: string | null;
}

/** The choices of a question, in its order. */
export const optionsOf = (question: Question, messages: Messages, formats: Formats): readonly Option[] =>
  question.choices.map((value) => {
    const { label, effect, loss, word } = messages.choices[value] as ChoiceMessages;
    return { value, label, effect, loss: loss(question, formats), word };
  });

/** What is asked, and why. */
export function questionTexts(
  question: Question,
  messages: Messages,
  formats: Formats,
): { readonly title: string; readonly text: string } {
  const { title, text } = messages.questions[question.question] as QuestionMessages;
  return { title, text: text(question, formats) };
}
