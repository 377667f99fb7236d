import { type ReactElement, useId } from 'react';
import type { Question } from '../../index.ts';
import type { Choice, ChoiceMessages } from '../messages.ts';
import { useUi } from '../ui-provider.tsx';

/** What a person has chosen and typed so far. */
export interface Answer {
  readonly choice: Choice | null;
  readonly typed: string;
}

/** Nothing chosen: no choice is suggested, because each loses something to somebody. */
export const NO_ANSWER: Answer = { choice: null, typed: '' };

/** Whether what has to be typed for a choice has been typed. */
export const isTyped = (word: string | null, typed: string): boolean =>
  word === null || typed.trim().toLowerCase() === word.toLowerCase();

/** The choices of a question, each with what it does and what is lost by it. */
export function ChoiceField({
  question,
  legend,
  answer: { choice, typed },
  onAnswer,
}: {
  readonly question: Question;
  readonly legend: string;
  readonly answer: Answer;
  readonly onAnswer: (answer: Answer) => void;
}): ReactElement {
  const id = useId();
  const { messages, formats } = useUi();
  const choices = messages.choices as Readonly<Record<Choice, ChoiceMessages>>;
  const word = choice && choices[choice].word;
  return (
    <fieldset>
      <legend>{legend}</legend>
      {question.choices.map((value) => (
        <div key={value} className="bp-choice">
          <input
            type="radio"
            id={id + value}
            name={id}
            checked={choice === value}
            aria-describedby={`${id}about${value}`}
            onChange={() => onAnswer({ choice: value, typed: '' })}
          />
          <div>
            <label htmlFor={id + value}>{choices[value].label}</label>
            <div id={`${id}about${value}`}>
              <p>{choices[value].effect}</p>
              <p>
                <strong>{messages.loss}</strong> {choices[value].loss(question, formats)}
              </p>
            </div>
          </div>
        </div>
      ))}
      {word && (
        <label className="bp-typed" ref={(label) => label?.scrollIntoView({ block: 'nearest' })}>
          {messages.typeWord(word, formats)}
          <input
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={typed}
            onChange={({ target }) => onAnswer({ choice, typed: target.value })}
          />
        </label>
      )}
    </fieldset>
  );
}
