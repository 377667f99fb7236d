import type { Backpedal } from '../../index.ts';
import { OUT, RUN } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { printableText } from '../printable.ts';
import { withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';
import { writeDocument } from '../write-document.ts';

async function latestRun(client: Backpedal): Promise<string> {
  const run = (await client.audit.list()).findLast(({ receipt }) => receipt !== undefined)?.runId;
  if (run) return run;
  throw new UsageError('USAGE', 'No run has ended yet, so there is no receipt. See backpedal status.');
}

/** `backpedal report`: the receipt of a run, as Markdown. */
export const reportCommand: CliCommand = cliCommand({
  name: 'report',
  description: 'Print the receipt of a run as Markdown',
  args: { ...RUN, ...OUT },
  run: (setting, { run, out }) =>
    withClient(setting, async (client) => {
      const report = await client.report(run ?? (await latestRun(client)));
      const document =
        setting.output.format === 'json' && out === undefined ? report.markdown : printableText(report.markdown);
      await writeDocument(setting, out, document, report);
      return EXIT.done;
    }),
});
