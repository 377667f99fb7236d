import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type BackpedalOptions, inspectBackup, restoreBackup } from '../../index.ts';
import { ON_DRIFT, YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { currentStatus } from '../current-status.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatRestored } from '../format-support.ts';
import { printableName } from '../printable.ts';
import { readTextFile } from '../read-text-file.ts';
import { confirmation, type Setting, withClient } from '../setting.ts';
import { counted } from '../units.ts';
import { UsageError } from '../usage-error.ts';
import { rollbackCommand } from './rollback.ts';

/** Readable by the user only: it holds what users wrote. */
const MODE = 0o600;

/** Writes a file that was not there before, and waits until it and its name are on the disk. */
async function keepDurably(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', MODE).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      'FILE_EXISTS',
      `The copy of what is there now cannot be kept at ${path} (${cause.code}). Nothing was restored; name another file with --keep.`,
      { cause },
    );
  });
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

async function restoreStorage(
  setting: Setting,
  options: BackpedalOptions,
  text: string,
  keep: string,
): Promise<ExitCode> {
  const path = resolve(setting.io.cwd, keep);
  const restored = await restoreBackup(text, options, (copy) => keepDurably(path, copy));
  await setting.output.result({ ...restored, kept: path }, formatRestored(restored, path));
  return EXIT.done;
}

/** The configuration is opened once, though several clients are made of it: a database may not like to be opened twice. */
function withOneOpening(setting: Setting): Setting {
  let opened: Promise<BackpedalOptions> | null = null;
  return {
    ...setting,
    loadOptions: (...place) => {
      opened ??= setting.loadOptions(...place);
      return opened;
    },
  };
}

/** Whether the user's data is in the database, so that a rollback has to bring it back. */
const isMigrated = (setting: Setting): Promise<boolean> =>
  withClient(
    setting,
    async (client, { migration }) => (await currentStatus(client, migration.id)).migrationState === 'MIGRATED',
  );

/** Imports the backup and rolls back to it: rows go to the archive, newer values of storage to the vault. */
async function rollBackTo(
  setting: Setting,
  text: string,
  flags: { readonly yes: boolean | undefined; readonly 'on-drift': string | undefined },
): Promise<ExitCode> {
  const { id } = await withClient(setting, (client) => client.backups.import(text));
  return rollbackCommand.run(setting, { _: [], backup: id, ...flags } as unknown as Parameters<
    typeof rollbackCommand.run
  >[1]);
}

/**
 * `backpedal restore`: gives one user back what a downloaded backup holds. Never without a kept copy: where the data is
 * in the database it is a rollback; otherwise what storage holds is written to a file first.
 */
export const restoreCommand: CliCommand = cliCommand({
  name: 'restore',
  description: 'Restore one user from a downloaded backup; what is there now is kept',
  args: {
    file: { type: 'positional', required: true, description: 'The backup' },
    keep: { type: 'string', valueHint: 'FILE', description: 'Where the copy goes; default kept-BACKUP.backpedal' },
    ...ON_DRIFT,
    ...YES,
  },
  run: async (given, args) => {
    const setting = withOneOpening(given);
    const mode = confirmation(setting, args.yes, 'restore');
    const text = await readTextFile(setting, args.file);
    const { summary, valid, error } = await inspectBackup(text);
    if (!valid) {
      throw new UsageError(
        'USAGE',
        `${error?.code}: the backup is damaged. backpedal reconstruct makes a new one of it.`,
      );
    }
    if (await isMigrated(setting)) return rollBackTo(setting, text, { yes: args.yes, 'on-drift': args['on-drift'] });
    const question = `${counted(summary.entries, 'key')} of ${summary.user === null ? 'the user' : printableName(summary.user)} at ${printableName(summary.origin)} will be written.`;
    if (mode === 'ask' && !(await setting.prompts.typed(question, 'restore'))) {
      await setting.output.result({ restored: false }, 'Nothing was done.');
      return EXIT.failed;
    }
    const options = await setting.loadOptions(setting.io.cwd, setting.configFile);
    return restoreStorage(setting, options, text, args.keep ?? `kept-${summary.id}.backpedal`);
  },
});
