import { type CliCommand, cliCommand } from '../cli-command.ts';
import { currentStatus } from '../current-status.ts';
import { EXIT } from '../exit-codes.ts';
import { formatStatus, needsPerson } from '../format-status.ts';
import { nextCommand, withClient } from '../setting.ts';
import { answerCommands } from '../waiting.ts';

/** `backpedal status`: where the data is, the open run, its question. 4 when a person is needed. */
export const statusCommand: CliCommand = cliCommand({
  name: 'status',
  description: 'Show where the data is, the open run and its question',
  args: {},
  run: (setting) =>
    withClient(setting, async (client, { migration }) => {
      const status = await currentStatus(client, migration.id);
      const answers = status.question === null ? [] : answerCommands(setting, status.question);
      const unlock = status.migrationState === 'SAFE_MODE' ? [nextCommand(setting, 'unlock --reason TEXT')] : [];
      const next = [...answers.map(({ command }) => command), ...unlock];
      await setting.output.result(status, formatStatus(status, next, setting.surroundings.resultStyle));
      return needsPerson(status) ? EXIT.personNeeded : EXIT.done;
    }),
});
