import type { ReactElement } from 'react';
import { useRollback } from '../react/index.ts';
import { QuestionView } from './question-view.tsx';

/** The question that the client's run has put to a person; nothing while there is none. */
export function GuidedRecovery(): ReactElement | null {
  const { question, canCancel, error, actions } = useRollback();
  if (question === null) return null;
  return (
    <QuestionView
      key={JSON.stringify(question)}
      question={question}
      onAnswer={(decision) => void actions.decide(decision)}
      onCancel={canCancel ? () => void actions.cancel() : undefined}
      fault={error}
    />
  );
}
