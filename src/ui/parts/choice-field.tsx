import { type ReactElement, useId } from 'react';
import type { Option } from '../choices.ts';
import type { Choice } from '../messages.ts';
import { useUi } from '../ui-provider.tsx';

/** What a person has chosen and typed so far. */
export interface Answer {
  readonly choice: Choice | null;
  readonly typed: string;
}

/** Nothing chosen: no choice is suggested, because each loses something to somebody. */
export const NO_ANSWER: Answer = { choice: null, typed: '' };

/** Whether an answer is complete: chosen, and typed where something would be lost. */
export function isComplete({ choice, typed }: Answer, options: readonly Option[]): boolean {
  const option = options.find(({ value }) => value === choice);
  return option !== undefined && (option.word === null || typed.trim().toLowerCase() === option.word.toLowerCase());
}

/** The word that has to be typed where something would be lost. */
export function TypedWord({
  word,
  typed,
  onTyped,
}: {
  readonly word: string;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
}): ReactElement {
  const id = useId();
  const { messages, formats } = useUi();
  return (
    <p className="bp-typed">
      <label htmlFor={id}>{messages.typeWord(word, formats)}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => onTyped(event.target.value)}
      />
    </p>
  );
}

/** Choices, each with what it does and what is lost by it. */
export function ChoiceField({
  legend,
  options,
  answer,
  onAnswer,
}: {
  readonly legend: string;
  readonly options: readonly Option[];
  readonly answer: Answer;
  readonly onAnswer: (answer: Answer) => void;
}): ReactElement {
  const id = useId();
  const { messages } = useUi();
  const word = options.find(({ value }) => value === answer.choice)?.word ?? null;
  return (
    <fieldset className="bp-choices">
      <legend>{legend}</legend>
      {options.map(({ value, label, effect, loss }) => (
        <div key={value} className="bp-choice">
          <input
            type="radio"
            id={id + value}
            name={id}
            checked={answer.choice === value}
            aria-describedby={`${id}${value}-about`}
            onChange={() => onAnswer({ choice: value, typed: '' })}
          />
          <div>
            <label htmlFor={id + value}>{label}</label>
            <div id={`${id}${value}-about`}>
              <p>{effect}</p>
              <p>
                <strong>{messages.whatIsLost}</strong> {loss}
              </p>
            </div>
          </div>
        </div>
      ))}
      {word !== null && (
        <TypedWord word={word} typed={answer.typed} onTyped={(typed) => onAnswer({ ...answer, typed })} />
      )}
    </fieldset>
  );
}
