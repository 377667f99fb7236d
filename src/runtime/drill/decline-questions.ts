import { questionOf } from '../question.ts';
import type { Session } from '../session.ts';
import type { Question } from '../status-types.ts';

/** What a rehearsal was asked. */
export interface Declined {
  readonly asked: readonly Question[];
  readonly stop: () => void;
}

/** Answers whatever a rehearsal asks so that it ends: nobody is to be troubled, and nothing is decided for anybody. */
export function declineQuestions(session: Session): Declined {
  const asked: Question[] = [];
  const ending = new AbortController();
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
  const decline = async (): Promise<void> => {
    for (;;) {
      await Promise.race([session.asked.next(), ended]);
      const execution = session.executions.at(-1);
      if (ending.signal.aborted || execution === undefined) return;
      const question = await questionOf(execution.view());
      if (question === null) continue;
      asked.push(question);
      execution.send(question.question === 'drift' ? { type: 'CANCEL' } : { type: 'DECIDE', choice: 'stop' });
    }
  };
  void decline();
  return { asked, stop: () => ending.abort() };
}
