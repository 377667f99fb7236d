import type { Backpedal, VerificationResult } from '../../index.ts';
import { inspectBackup } from '../../index.ts';
import { oneOf } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatBackupChecks, formatVerification } from '../format-lists.ts';
import { readTextFile } from '../read-text-file.ts';
import { type Setting, withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';

const checks = {
  localstorage: (client: Backpedal) => client.verifyStorage(),
  database: (client: Backpedal) => client.verifyDatabase(),
  migration: (client: Backpedal) => client.verifyMigration(),
} as const;

type Check = keyof typeof checks;
const CHECKS: readonly Check[] = ['localstorage', 'database', 'migration'];
const WORDS = [...CHECKS, 'backup'] as const;
const AFTER_ROLLBACK: readonly Check[] = ['localstorage', 'database'];

/** Recomputes every hash of a downloaded backup; needs no configuration. */
async function verifyFile(setting: Setting, file: string | undefined): Promise<ExitCode> {
  if (file === undefined) throw new UsageError('USAGE', 'backpedal verify backup needs a FILE.');
  const { summary, valid, error, entries } = await inspectBackup(await readTextFile(setting, file));
  const check = { id: summary.id, valid, entries: entries.length, ...(error === undefined ? {} : { error }) };
  await setting.output.result(check, formatBackupChecks([check], setting.surroundings.resultStyle));
  return valid ? EXIT.done : EXIT.failed;
}

/** `backpedal verify`: the checks after a rollback or a migration, or a downloaded backup. 1 when one fails. */
export const verifyCommand: CliCommand = cliCommand({
  name: 'verify',
  description: 'Check localstorage and database after a rollback, the migration, or a downloaded backup',
  args: {
    what: {
      type: 'positional',
      required: false,
      description: 'localstorage, database, migration or backup; default the first two',
    },
    file: { type: 'positional', required: false, description: 'With backup: the FILE that was downloaded' },
  },
  run: (setting, { what, file }) => {
    const word = what === undefined ? null : oneOf(what, WORDS, 'WHAT');
    if (word === 'backup') return verifyFile(setting, file);
    if (file !== undefined) throw new UsageError('USAGE', 'Only backpedal verify backup takes a FILE.');
    const wanted = word === null ? AFTER_ROLLBACK : [word];
    return withClient(setting, async (client) => {
      const results: Partial<Record<Check, VerificationResult>> = {};
      for (const check of wanted) results[check] = await checks[check](client);
      await setting.output.result(results, formatVerification(results, setting.surroundings.resultStyle));
      return Object.values(results).every(({ success }) => success) ? EXIT.done : EXIT.failed;
    });
  },
});
