import { inspectBackup } from '../../index.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatDatabase, formatInspection } from '../format-support.ts';
import { readTextFile } from '../read-text-file.ts';
import type { Setting } from '../setting.ts';
import { UsageError } from '../usage-error.ts';

async function inspectFile(setting: Setting, file: string, values: 'omitted' | 'included'): Promise<ExitCode> {
  const inspection = await inspectBackup(await readTextFile(setting, file), { values });
  await setting.output.result(inspection, formatInspection(inspection, setting.surroundings.resultStyle));
  return inspection.valid ? EXIT.done : EXIT.failed;
}

/** What the configured database knows; it holds names, counts and digests of the runs. */
async function inspectDatabase(setting: Setting): Promise<ExitCode> {
  const { migration, database } = await setting.loadOptions(setting.io.cwd, setting.configFile);
  const ledger = await database.ledger(migration.id);
  const inspection = { migration: migration.id, ledger, archives: await database.archives(migration.id) };
  await setting.output.result(inspection, formatDatabase(inspection));
  return EXIT.done;
}

/** `backpedal inspect`: a downloaded backup, or what the database knows of the migration's runs. */
export const inspectCommand: CliCommand = cliCommand({
  name: 'inspect',
  description: 'Show a downloaded backup key by key, or what the database knows of the runs',
  args: {
    file: { type: 'positional', required: false, description: 'The backup; left out, the configured database' },
    values: { type: 'boolean', description: 'Show what the user wrote as well' },
  },
  run: async (setting, { file, values }) => {
    if (file !== undefined) return inspectFile(setting, file, values === true ? 'included' : 'omitted');
    if (values === true) throw new UsageError('USAGE', '--values shows those of a backup FILE.');
    return inspectDatabase(setting);
  },
});
