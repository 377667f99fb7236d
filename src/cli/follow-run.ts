import type { Backpedal, Question, RollbackStatus } from '../index.ts';
import { questionKey } from './answers.ts';
import type { ProgressDisplay } from './progress.ts';

/** How far a run was followed: to its end, or to a question that somebody else will answer. */
export type Followed<Result> =
  | { readonly status: 'ended'; readonly result: Result }
  | { readonly status: 'waiting'; readonly runId: string; readonly question: Question };

/** The end itself is told by the result; only that all of it was done is worth a line. */
const hasEnded = ({ stage }: RollbackStatus): boolean => stage === 'COMPLETED' || stage === 'FAILED';

/** What was done about a question: it was answered (or the run cancelled), or left to somebody else. */
export type Answering = (question: Question) => Promise<'answered' | 'left'>;

/**
 * Shows a run's progress until it ends, and puts its questions.
 * @param start begins or continues the run and resolves with its end
 * @param alreadyAnswered the key of a question that `start` answers
 */
export async function followRun<Result>(
  client: Pick<Backpedal, 'getSnapshot' | 'subscribe'>,
  display: ProgressDisplay,
  start: () => Promise<Result>,
  answer: Answering,
  alreadyAnswered: string | null = null,
): Promise<Followed<Result>> {
  let stop = (): void => {};
  try {
    return await new Promise<Followed<Result>>((resolve, reject) => {
      /** The question that was put last; the same one is not put twice. */
      let put = alreadyAnswered;
      let asking = false;
      const ask = async (question: Question, runId: string | null): Promise<void> => {
        put = questionKey(question);
        asking = true;
        display.clear();
        const answered = await answer(question);
        asking = false;
        if (answered === 'left') resolve({ status: 'waiting', runId: runId ?? '', question });
        else look();
      };
      const look = (): void => {
        const status = client.getSnapshot();
        if (asking) return;
        if (status.question !== null && questionKey(status.question) !== put) {
          ask(status.question, status.runId).catch(reject);
        } else if (!hasEnded(status) || status.progress === 100) display.show(status);
      };
      stop = client.subscribe(look);
      start().then((result) => resolve({ status: 'ended', result }), reject);
    });
  } finally {
    stop();
    display.clear();
  }
}
