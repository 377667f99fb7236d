import { reconstructBackup } from '../../index.ts';
import { BACKUP, OUT } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT } from '../exit-codes.ts';
import { readTextFile } from '../read-text-file.ts';
import { counted } from '../units.ts';
import { UsageError } from '../usage-error.ts';
import { writeDocument } from '../write-document.ts';

/**
 * `backpedal reconstruct`: a new backup from whatever is left. 4 when some of it is not proved to be as it was: a person
 * has to look before it is used.
 */
export const reconstructCommand: CliCommand = cliCommand({
  name: 'reconstruct',
  description: 'Put a backup together from damaged backups, rows and archive',
  args: {
    file: { type: 'positional', required: false, description: 'What is left of a downloaded backup' },
    ...BACKUP,
    ...OUT,
  },
  run: async (setting, { file, backup, out }) => {
    // A backup on the screen would show what the user wrote.
    if (out === undefined) throw new UsageError('USAGE', 'backpedal reconstruct needs --out FILE for the new backup.');
    const texts = file === undefined ? [] : [await readTextFile(setting, file)];
    const options = await setting.loadOptions(setting.io.cwd, setting.configFile);
    const rebuilt = await reconstructBackup(options, { texts, ...(backup === undefined ? {} : { backupId: backup }) });
    const { exact, lossy, missing } = rebuilt.summary.reconstruction ?? { exact: 0, lossy: 0, missing: 0 };
    await writeDocument(setting, out, rebuilt.text, null);
    setting.output.message(
      `${counted(exact, 'item')} proved to be as before, ${counted(lossy, 'item')} not proved, ${counted(missing, 'key or item', 'keys or items')} lost.`,
    );
    return lossy + missing === 0 ? EXIT.done : EXIT.personNeeded;
  },
});
