import type { MigrationDefinition } from '../../src/index.ts';
import type { RollbackRequest } from '../../src/runtime/public-types.ts';
import type { Question, RollbackResult } from '../../src/runtime/status-types.ts';
import { takeApart } from '../runtime/craft-backup.ts';
import { type AppProcess, createKit, drive, type Kit, type KitOptions } from '../support/run-kit.ts';
import { smallSqlJs } from '../support/sqljs-kit.ts';

/** What a row cannot say: the escaped ampersand, the number 1.0, the store's other fields. */
export const TASK_STORE =
  '{"state":{"tasks":[{"id":"a","title":"A \\u0026 B","done":false},{"id":"b","title":"zwei","done":true}],"filter":1.0},"version":3}';

/** Small stores that both databases can hold, form data, and keys of others. */
export const ENTRIES: readonly (readonly [string, string])[] = [
  ['task-store', TASK_STORE],
  ['environments', '{"e1":{"name":"Eins"},"e2":{"name":"Zwei"}}'],
  ['draft:1', 'half a sentence \ud800'],
  ['settings', '{"broken'],
  ['session-token', 'secret'],
];

/** The databases that everything is tested on. */
export const DATABASES: readonly (readonly [string, Pick<KitOptions, 'database'>])[] = [
  ['memory', {}],
  ['sql.js', { database: smallSqlJs }],
];

/** A migrated world. */
export async function migrated(
  options: KitOptions & { readonly definition?: Partial<MigrationDefinition> } = {},
): Promise<Kit> {
  const kit = createKit({ entries: ENTRIES, ...options });
  const { outcome } = await settled(kit, kit.start().client.migrate());
  if (outcome !== 'migrated') throw new Error(`The migration ended ${outcome}.`);
  return kit;
}

/** What came of a piece of work, with time passing meanwhile. */
export async function settled<T>(kit: Kit, work: Promise<T>): Promise<T> {
  const driven = await drive(kit.clock, work);
  if (driven.end === 'value') return driven.value;
  throw driven.end === 'error' ? driven.error : new Error('It did not end.');
}

/** The names in the vault of one part of every backup, the newest last. */
export const partsOf = (kit: Kit, part: 'head' | 'content' | 'digests'): string[] =>
  [...kit.vault.disk.keys()].filter((name) => name.includes('/backups/') && name.endsWith(`/${part}`)).sort();

/** The id of the backup that a name of the vault belongs to. */
export const idIn = (name: string): string => /\/\d{6}-([^/]+)\//.exec(name)?.[1] ?? '';

/** Turns one character of a key's value into another one, in the content at a place of the vault. */
export function damageEntry(kit: Kit, key: string, name: string = partsOf(kit, 'content').at(-1) ?? ''): void {
  const text = kit.vault.disk.get(name) ?? '';
  const { head, values } = takeApart(text);
  const place = head.entries.findIndex((entry) => entry.key === key);
  const begin = text.length - values.slice(place).reduce((sum, value) => sum + value.length, 0);
  kit.vault.disk.set(name, `${text.slice(0, begin)}?${text.slice(begin + 1)}`);
}

/** Changes a character of the newest backup, wherever a text is found in it. */
export function damageText(kit: Kit, wanted: string, damaged: string): void {
  const name = partsOf(kit, 'content').at(-1) ?? '';
  const text = kit.vault.disk.get(name) ?? '';
  if (!text.includes(wanted) || wanted.length !== damaged.length) throw new Error('There is no such damage.');
  kit.vault.disk.set(name, text.replace(wanted, damaged));
}

/** Loses the whole content of the newest backup; what its head says stays. */
export const loseContent = (kit: Kit): void => void kit.vault.disk.delete(partsOf(kit, 'content').at(-1) ?? '');

/** Loses the newest backup, its head and all that lies beside it. */
export function loseBackup(kit: Kit): void {
  for (const part of ['content', 'head', 'digests'] as const) kit.vault.disk.delete(partsOf(kit, part).at(-1) ?? '');
}

/** A rollback that has put a question. */
export interface Asking {
  readonly process: AppProcess;
  readonly ending: Promise<RollbackResult>;
  readonly question: Question;
}

/** The question that is open, once there is one. */
export async function questionIn(kit: Kit, { client }: Pick<AppProcess, 'client'>): Promise<Question> {
  for (let seconds = 0; seconds < 600; seconds++) {
    const { question } = client.getSnapshot();
    if (question !== null) return question;
    await kit.clock.advance(1000);
  }
  throw new Error('No question was put.');
}

/** Begins a rollback, and waits for its question. */
export async function asking(
  kit: Kit,
  request: Partial<RollbackRequest> = {},
  process: AppProcess = kit.start(),
): Promise<Asking> {
  const ending = process.client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge', ...request });
  ending.catch(() => undefined);
  return { process, ending, question: await questionIn(kit, process) };
}

/** Answers, and waits for the end. */
export async function answered(
  kit: Kit,
  { process, ending, question }: Asking,
  choice: string,
): Promise<RollbackResult> {
  await settled(kit, process.client.decide({ question: question.question, choice } as never));
  return settled(kit, ending);
}

/** The users' keys as they are in storage. */
export const storageOf = (kit: Kit): Record<string, string> =>
  Object.fromEntries(kit.storage.entries().filter(([key]) => !key.startsWith('backpedal')));

/** The migrated rows that are in their tables, by id. */
export const rowsOf = (kit: Kit, table: string): Record<string, unknown> =>
  Object.fromEntries(kit.database.rows(table).map(({ id, ...row }) => [String(id), row]));
