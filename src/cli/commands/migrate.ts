import { answerer } from '../answerer.ts';
import { YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT, exitCodeOfRun } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { formatMigration } from '../format-run.ts';
import { handleInterrupts } from '../interruption.ts';
import { printableName } from '../printable.ts';
import { createProgressDisplay } from '../progress.ts';
import { confirmation, withClient } from '../setting.ts';
import { reportWaiting } from '../waiting.ts';

/** `backpedal migrate`: moves the data into the database; whatever stops it is undone. */
export const migrateCommand: CliCommand = cliCommand({
  name: 'migrate',
  description: 'Move the data into the database',
  args: YES,
  run: (setting, { yes }) => {
    const mode = confirmation(setting, yes, 'migrate');
    return withClient(setting, async (client, { migration }) => {
      if (mode === 'ask' && !(await setting.prompts.confirm(`Migrate ${printableName(migration.id)} now?`))) {
        await setting.output.result({ migrated: false }, 'Nothing was done.');
        return EXIT.failed;
      }
      const display = createProgressDisplay(setting.surroundings.progress, setting.io.stderr);
      const interrupts = handleInterrupts(setting, client, display);
      try {
        const run = await followRun(client, display, () => client.migrate(), answerer(setting, client, null));
        if (run.status === 'waiting') return await reportWaiting(setting, run);
        await setting.output.result(run.result, formatMigration(run.result, setting.surroundings.resultStyle));
        return interrupts.cancelled() ? EXIT.interrupted : exitCodeOfRun(run.result);
      } finally {
        interrupts.stop();
      }
    });
  },
});
