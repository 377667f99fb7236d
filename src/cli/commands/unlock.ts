import { YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { confirmation, withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';

/** `backpedal unlock`: leaves safe mode, with a reason that goes into the audit trail. */
export const unlockCommand: CliCommand = cliCommand({
  name: 'unlock',
  description: 'Leave safe mode; the reason is audited',
  args: { reason: { type: 'string', valueHint: 'TEXT', description: 'Why it is safe to go on' }, ...YES },
  run: async (setting, { reason, yes }) => {
    if (reason === undefined)
      throw new UsageError('USAGE', 'backpedal unlock needs --reason TEXT; it goes into the audit trail.');
    const asked = confirmation(setting, yes, 'unlock') === 'ask';
    if (asked && !(await setting.prompts.confirm('Leave safe mode? Migration and rollback can begin again then.'))) {
      await setting.output.result({ unlocked: false }, 'Safe mode stays on.');
      return EXIT.failed;
    }
    return withClient(setting, async (client) => {
      await client.unlock({ reason });
      await setting.output.result({ unlocked: true }, 'Safe mode is off.');
      return EXIT.done;
    });
  },
});
