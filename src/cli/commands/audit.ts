import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { formatAudit } from '../format-lists.ts';
import { withClient } from '../setting.ts';

/** `backpedal audit`: the append-only trail of what was done. */
export const auditCommand: CliCommand = cliCommand({
  name: 'audit',
  description: 'Show the audit trail, oldest first',
  args: {},
  run: (setting) =>
    withClient(setting, async (client) => {
      const entries = await client.audit.list();
      await setting.output.result(entries, formatAudit(entries));
      return EXIT.done;
    }),
});
