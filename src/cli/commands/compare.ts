import { compareBackup } from '../../index.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { formatComparison } from '../format-support.ts';
import { readTextFile } from '../read-text-file.ts';

/** `backpedal compare`: a downloaded backup against rows and archive. 3 when they differ, as `plan` with drift. */
export const compareCommand: CliCommand = cliCommand({
  name: 'compare',
  description: 'Compare a downloaded backup with the rows in the database and in the archive',
  args: { file: { type: 'positional', required: true, description: 'The backup' } },
  run: async (setting, { file }) => {
    const text = await readTextFile(setting, file);
    const options = await setting.loadOptions(setting.io.cwd, setting.configFile);
    const comparison = await compareBackup(text, options);
    await setting.output.result(comparison, formatComparison(comparison, setting.surroundings.resultStyle));
    return comparison.equal ? EXIT.done : EXIT.drift;
  },
});
