import { type ReactElement, useState } from 'react';
import type { Decision, Question } from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { ChoiceMessages, QuestionMessages } from './messages.ts';
import { Actions, Button } from './parts/button.tsx';
import { ChoiceField, isTyped, NO_ANSWER } from './parts/choice-field.tsx';
import { FaultNotice } from './parts/notice.tsx';
import { Section } from './parts/section.tsx';
import { useUi } from './ui-provider.tsx';

/** See `QuestionView`. */
export interface QuestionViewProps {
  readonly question: Question;
  readonly onAnswer: (decision: Decision) => void;
  /** Ends the run with everything as it was; without it that is not offered. */
  readonly onCancel?: (() => void) | undefined;
  /** Why the last answer was not taken. */
  readonly fault?: Fault | undefined;
}

/**
 * A question that only a person can answer, in plain words: what has happened, what each choice does, and what is lost
 * by it. By which something is lost, a word is typed. Nothing is chosen beforehand.
 */
export function QuestionView({ question, onAnswer, onCancel, fault }: QuestionViewProps): ReactElement {
  const { messages, formats } = useUi();
  const [answer, setAnswer] = useState(NO_ANSWER);
  const { question: kind } = question;
  const { title, text } = messages.questions[kind] as QuestionMessages;
  const { choice, typed } = answer;
  const isReady = choice !== null && isTyped((messages.choices[choice] as ChoiceMessages).word, typed);
  const digest = kind === 'drift' ? { driftDigest: question.driftDigest } : {};
  return (
    <Section name="question" title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onAnswer({ question: kind, choice, ...digest } as Decision);
        }}
      >
        <p>{text(question, formats)}</p>
        <small>{messages.questionWaits}</small>
        <ChoiceField question={question} legend={messages.questionLegend} answer={answer} onAnswer={setAnswer} />
        <FaultNotice fault={fault} />
        <Actions>
          {onCancel !== undefined && kind === 'drift' && <Button onPress={onCancel}>{messages.cancelRun}</Button>}
          <Button kind="primary" off={!isReady}>
            {messages.answer}
          </Button>
        </Actions>
      </form>
    </Section>
  );
}
