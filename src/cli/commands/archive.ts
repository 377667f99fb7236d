import type { Backpedal } from '../../index.ts';
import { OUT, oneOf, RUN } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { formatArchive } from '../format-lists.ts';
import { withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';
import { writeDocument } from '../write-document.ts';

/** The run with the archive that was written last; the audit trail knows the order. */
async function latestArchive(client: Backpedal): Promise<string> {
  const { rows, displaced } = await client.archive.list();
  const runs = new Set([...rows, ...displaced].map(({ run }) => run));
  const latest = (await client.audit.list()).findLast(({ runId }) => runId !== null && runs.has(runId))?.runId;
  const run = latest ?? [...runs].at(-1);
  if (run !== undefined) return run;
  throw new UsageError('USAGE', 'The archive is empty: there is nothing to export.');
}

/** `backpedal archive`: the rows that were moved out of the database, and displaced values of storage. */
export const archiveCommand: CliCommand = cliCommand({
  name: 'archive',
  description: 'List what was moved to the archive, or export that of a run as JSON',
  args: {
    action: { type: 'positional', default: 'list', description: 'list or export' },
    ...RUN,
    ...OUT,
  },
  run: (setting, { action, run, out }) => {
    const what = oneOf(action, ['list', 'export'], 'ACTION');
    return withClient(setting, async (client) => {
      if (what === 'list') {
        const list = await client.archive.list();
        await setting.output.result(list, formatArchive(list));
        return EXIT.done;
      }
      const content = await client.archive.export(run ?? (await latestArchive(client)));
      await writeDocument(setting, out, `${JSON.stringify(content, null, 2)}\n`, content);
      return EXIT.done;
    });
  },
});
