import type { Backpedal } from '../index.ts';
import { askAboutCopies, decideCopies } from './copy-question.ts';
import { answerDrift, type PreparedAnswer } from './drift-question.ts';
import type { Answering } from './follow-run.ts';
import type { Setting } from './setting.ts';

/**
 * Answers a run's questions by asking the person at the terminal; without a terminal, or where the person does not
 * want to decide now, they are left to somebody else.
 * @param prepared what was answered to the drift that the plan has shown
 */
export function answerer(setting: Setting, client: Backpedal, prepared: PreparedAnswer | null): Answering {
  return async (question) => {
    if (question.question === 'drift') return answerDrift(setting, client, question, prepared);
    if (!setting.surroundings.canAsk) return 'left';
    const choice = await askAboutCopies(setting.prompts, question);
    if (choice === 'later') return 'left';
    await decideCopies(client, question, choice);
    return 'answered';
  };
}
