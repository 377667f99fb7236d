import { answerer } from '../answerer.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { exitCodeOfRecovery } from '../finish-run.ts';
import { followRun } from '../follow-run.ts';
import { formatRecovery } from '../format-recovery.ts';
import { createProgressDisplay } from '../progress.ts';
import { withClient } from '../setting.ts';
import { reportWaiting } from '../waiting.ts';

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
      await setting.output.result(run.result, formatRecovery(run.result, setting.surroundings.resultStyle));
      return exitCodeOfRecovery(run.result);
    }),
});
