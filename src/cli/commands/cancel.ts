import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT, type ExitCode, exitCodeOfRun } from '../exit-codes.ts';
import { formatFinished } from '../finish-run.ts';
import { followRun } from '../follow-run.ts';
import { type RunResult, resultOfRun } from '../open-run.ts';
import { createProgressDisplay } from '../progress.ts';
import { withClient } from '../setting.ts';

/** Cancelling succeeded when nothing of the run is left: a rollback leaves all as it was, a migration is taken back. */
function exitCodeOf({ kind, result }: RunResult): ExitCode {
  const undone = result.outcome === 'unchanged' || (kind === 'migration' && result.outcome === 'rolledBack');
  return undone ? EXIT.done : exitCodeOfRun(result);
}

/** `backpedal cancel`: stops the open run; what it has changed is taken back. */
export const cancelCommand: CliCommand = cliCommand({
  name: 'cancel',
  description: 'Cancel the open run; what it has changed is taken back',
  args: {},
  run: (setting) =>
    withClient(setting, async (client) => {
      const { resultStyle, progress } = setting.surroundings;
      const display = createProgressDisplay(progress, setting.io.stderr);
      const start = async (): Promise<RunResult> => {
        await client.cancel();
        return resultOfRun(client);
      };
      // The question that the run has put is answered by cancelling.
      const run = await followRun(client, display, start, async () => 'answered');
      if (run.status === 'waiting') return EXIT.personNeeded;
      await setting.output.result(run.result.result, formatFinished(run.result, resultStyle));
      return exitCodeOf(run.result);
    }),
});
