import type { RecoveryResult } from '../../index.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { answerer } from '../drift-question.ts';
import { EXIT, type ExitCode, exitCodeOfRun } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { formatMigration, formatRollback } from '../format-run.ts';
import { createProgressDisplay } from '../progress.ts';
import { type Setting, withClient } from '../setting.ts';
import { reportWaiting } from '../waiting.ts';

const TEXTS: Readonly<Record<RecoveryResult['action'], string>> = {
  nothingToDo: 'There is nothing to finish.',
  debtsPaid: 'What earlier runs had left to do is done.',
  waiting: 'The run goes on in another process, or waits for a decision. See backpedal status.',
  safeMode: 'The system is in safe mode. Download the copies, repair, then call backpedal unlock.',
  resumed: 'The interrupted run has been finished.',
};

function exitCodeOf({ action, rollback, migration }: RecoveryResult): ExitCode {
  if (action === 'waiting' || action === 'safeMode') return EXIT.personNeeded;
  const result = rollback ?? migration;
  return result === undefined ? EXIT.done : exitCodeOfRun(result);
}

function textOf({ resultStyle }: Setting['surroundings'], { action, rollback, migration }: RecoveryResult): string {
  if (rollback !== undefined) return formatRollback(rollback, resultStyle);
  return migration === undefined ? TEXTS[action] : formatMigration(migration, resultStyle);
}

/** `backpedal recover`: finishes what an earlier process has left behind. */
export const recoverCommand: CliCommand = cliCommand({
  name: 'recover',
  description: 'Finish a run that was interrupted, and pay what ended runs still owe',
  args: {},
  run: (setting) =>
    withClient(setting, async (client) => {
      const display = createProgressDisplay(setting.surroundings.progress, setting.io.stderr);
      const run = await followRun(client, display, () => client.recover(), answerer(setting, client, null));
      if (run.status === 'waiting') return reportWaiting(setting, run);
      await setting.output.result(run.result, textOf(setting.surroundings, run.result));
      return exitCodeOf(run.result);
    }),
});
