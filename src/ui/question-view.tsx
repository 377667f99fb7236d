import { type FormEvent, type ReactElement, useState } from 'react';
import type { Decision, Question } from '../index.ts';
import { optionsOf, questionTexts } from './choices.ts';
import { Button } from './parts/button.tsx';
import { ChoiceField, isComplete, NO_ANSWER } from './parts/choice-field.tsx';
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
  readonly fault?: { readonly code: string; readonly message: string } | undefined;
  readonly state?: 'open' | 'answering';
}

const decisionFor = (question: Question, choice: Decision['choice']): Decision =>
  (question.question === 'drift'
    ? { question: 'drift', choice, driftDigest: question.driftDigest }
    : { question: question.question, choice }) as Decision;

/**
 * A question that only a person can answer, in plain words: what has happened, what each choice does, and what is lost
 * by it. By which something is lost, a word is typed. Nothing is chosen beforehand.
 */
export function QuestionView(props: QuestionViewProps): ReactElement {
  const { question, onAnswer, onCancel, fault, state = 'open' } = props;
  const { messages, formats } = useUi();
  const [answer, setAnswer] = useState(NO_ANSWER);
  const options = optionsOf(question, messages, formats);
  const { title, text } = questionTexts(question, messages, formats);
  const isReady = state === 'open' && isComplete(answer, options);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady && answer.choice !== null) onAnswer(decisionFor(question, answer.choice));
  };
  return (
    <Section name="question" title={title}>
      <form onSubmit={submit}>
        <p>{text}</p>
        <p className="bp-muted">{messages.questionWaits}</p>
        <ChoiceField
          legend={messages.driftLegend}
          options={options}
          answer={answer}
          onAnswer={setAnswer}
        />
        {fault !== undefined && <FaultNotice fault={fault} />}
        <div className="bp-actions">
          {onCancel !== undefined && question.question === 'drift' && (
            <Button onPress={onCancel}>{messages.cancelRun}</Button>
          )}
          <Button type="submit" kind="primary" state={state === 'answering' ? 'busy' : isReady ? 'ready' : 'off'}>
            {messages.answer}
          </Button>
        </div>
      </form>
    </Section>
  );
}
