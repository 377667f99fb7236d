import type { Backpedal } from '../../index.ts';
import { BACKUP, OUT, oneOf, YES } from '../arguments.ts';
import { type CliCommand, cliCommand } from '../cli-command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatBackupChecks, formatBackups } from '../format-lists.ts';
import { printableName } from '../printable.ts';
import { readTextFile } from '../read-text-file.ts';
import { confirmation, type Setting, withClient } from '../setting.ts';
import { UsageError } from '../usage-error.ts';
import { writeDocument } from '../write-document.ts';

/** What an action gets: the word behind it (an id or a file), and the flags. */
interface Wanted {
  readonly target: string | undefined;
  readonly out: string | undefined;
  readonly yes: boolean | undefined;
}

type Action = (setting: Setting, client: Backpedal, wanted: Wanted) => Promise<ExitCode>;

function required(target: string | undefined, what: string, action: string): string {
  if (target !== undefined) return target;
  throw new UsageError(
    'USAGE',
    `backpedal backups ${action} needs ${what}. backpedal backups list shows what there is.`,
  );
}

const list: Action = async (setting, client) => {
  const backups = await client.backups.list();
  await setting.output.result(backups, formatBackups(backups));
  return EXIT.done;
};

const verify: Action = async (setting, client, { target }) => {
  const ids = target === undefined ? (await client.backups.list()).map(({ id }) => id) : [target];
  const checks = [];
  for (const id of ids) checks.push(await client.backups.verify(id));
  await setting.output.result(checks, formatBackupChecks(checks, setting.surroundings.resultStyle));
  return checks.every(({ valid }) => valid) ? EXIT.done : EXIT.failed;
};

const exportOne: Action = async (setting, client, { target, out }) => {
  const id = target ?? (await client.backups.list()).at(-1)?.id;
  const text = await client.backups.export(required(id, 'the ID of a backup', 'export'));
  await writeDocument(setting, out, text, { id, text });
  return EXIT.done;
};

const importOne: Action = async (setting, client, { target }) => {
  const text = await readTextFile(setting, required(target, 'a FILE', 'import'));
  const backup = await client.backups.import(text);
  await setting.output.result(backup, `Imported.\n${formatBackups([backup])}`);
  return EXIT.done;
};

const remove: Action = async (setting, client, { target, yes }) => {
  const id = required(target, 'the ID of a backup', 'remove');
  const wanted =
    confirmation(setting, yes, 'backups remove') === 'given' ||
    (await setting.prompts.typed(`The backup ${printableName(id)} will be gone.`, 'remove'));
  if (!wanted) {
    await setting.output.result({ removed: null }, 'Nothing was removed.');
    return EXIT.failed;
  }
  await client.backups.remove(id);
  await setting.output.result({ removed: id }, `Removed ${printableName(id)}.`);
  return EXIT.done;
};

const actions = { list, verify, export: exportOne, import: importOne, remove } as const;
const ACTIONS = ['list', 'verify', 'export', 'import', 'remove'] as const;

/** `backpedal backups`: what can be restored, whether it can be trusted, and copies of it elsewhere. */
export const backupsCommand: CliCommand = cliCommand({
  name: 'backups',
  description: 'List, verify, export, import or remove backups',
  args: {
    action: { type: 'positional', default: 'list', description: ACTIONS.join(', ') },
    target: { type: 'positional', required: false, description: 'The backup, or the FILE to import' },
    ...BACKUP,
    ...OUT,
    ...YES,
  },
  run: (setting, args) => {
    const action = oneOf(args.action, ACTIONS, 'ACTION');
    // What cannot be asked is refused before anything is opened.
    if (action === 'remove') confirmation(setting, args.yes, 'backups remove');
    const wanted: Wanted = { target: args.target ?? args.backup, out: args.out, yes: args.yes };
    return withClient(setting, (client) => actions[action](setting, client, wanted));
  },
});
