import { BACKUP } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { formatDrill } from '../format-run.ts';
import { withClient } from '../setting.ts';

/** `backpedal drill`: rehearses the rollback on copies in memory. */
export const drillCommand: CliCommand = cliCommand({
  name: 'drill',
  description: 'Rehearse the rollback on copies in memory; touches nothing',
  args: BACKUP,
  run: (setting, { backup }) =>
    withClient(setting, async (client) => {
      const drill = await client.drill(backup === undefined ? {} : { backupId: backup });
      await setting.output.result(drill, formatDrill(drill, setting.surroundings.resultStyle));
      return drill.success ? EXIT.done : EXIT.failed;
    }),
});
