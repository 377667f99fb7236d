import type { Backpedal, RecoveryResult } from '../index.ts';
import { EXIT, type ExitCode, exitCodeOfRun } from './exit-codes.ts';
import { type Answering, followRun } from './follow-run.ts';
import { formatRecovery } from './format-recovery.ts';
import { formatMigration, formatRollback } from './format-run.ts';
import { handleInterrupts } from './interruption.ts';
import type { Finished } from './open-run.ts';
import { createProgressDisplay } from './progress.ts';
import type { Setting } from './setting.ts';
import type { Style } from './style.ts';
import { reportWaiting } from './waiting.ts';

/** The exit code for what a recovery found and did. */
export function exitCodeOfRecovery({ action, rollback, migration }: RecoveryResult): ExitCode {
  if (action === 'waiting' || action === 'safeMode') return EXIT.personNeeded;
  const result = rollback ?? migration;
  return result === undefined ? EXIT.done : exitCodeOfRun(result);
}

const exitCodeOf = (finished: Finished): ExitCode =>
  finished.kind === 'recovery' ? exitCodeOfRecovery(finished.result) : exitCodeOfRun(finished.result);

/** What came of a run of any kind, for people. */
export function formatFinished(finished: Finished, style: Style): string {
  if (finished.kind === 'recovery') return formatRecovery(finished.result, style);
  return finished.kind === 'rollback'
    ? formatRollback(finished.result, style)
    : formatMigration(finished.result, style);
}

/**
 * Follows a run to its end, or to a question that is left open, and says what came of it.
 * @param alreadyAnswered the key of a question that `start` answers
 */
export async function finishRun(
  setting: Setting,
  client: Backpedal,
  start: () => Promise<Finished>,
  answer: Answering,
  alreadyAnswered: string | null = null,
): Promise<ExitCode> {
  const display = createProgressDisplay(setting.surroundings.progress, setting.io.stderr);
  const interrupts = handleInterrupts(setting, client, display);
  try {
    const run = await followRun(client, display, start, answer, alreadyAnswered);
    if (run.status === 'waiting') return await reportWaiting(setting, run);
    await setting.output.result(run.result.result, formatFinished(run.result, setting.surroundings.resultStyle));
    return interrupts.cancelled() ? EXIT.interrupted : exitCodeOf(run.result);
  } finally {
    interrupts.stop();
  }
}
