import type { Backpedal, RollbackResult } from '../index.ts';
import { EXIT, type ExitCode, exitCodeOfRun } from './exit-codes.ts';
import { type Answering, followRun } from './follow-run.ts';
import { formatRollback } from './format-run.ts';
import { handleInterrupts } from './interruption.ts';
import { createProgressDisplay } from './progress.ts';
import type { Setting } from './setting.ts';
import { reportWaiting } from './waiting.ts';

/**
 * Follows a rollback to its end, or to a question that is left open, and says what came of it.
 * @param alreadyAnswered the drift digest of a question that `start` answers
 */
export async function finishRollback(
  setting: Setting,
  client: Backpedal,
  start: () => Promise<RollbackResult>,
  answer: Answering,
  alreadyAnswered: string | null = null,
): Promise<ExitCode> {
  const display = createProgressDisplay(setting.surroundings.progress, setting.io.stderr);
  const interrupts = handleInterrupts(setting, client, display);
  try {
    const run = await followRun(client, display, start, answer, alreadyAnswered);
    if (run.status === 'waiting') return await reportWaiting(setting, run);
    await setting.output.result(run.result, formatRollback(run.result, setting.surroundings.resultStyle));
    return interrupts.cancelled() ? EXIT.interrupted : exitCodeOfRun(run.result);
  } finally {
    interrupts.stop();
  }
}
