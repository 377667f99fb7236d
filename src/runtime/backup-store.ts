import { BackupError, VaultError } from '../errors.ts';
import type { CollectionDigest, RowDigest } from '../ports/database.ts';
import {
  type BackupHead,
  type BackupItem,
  readBackup,
  readHead,
  type VerifiedBackup,
  writeBackup,
} from './backup-format.ts';
import { breathe } from './breathe.ts';
import type { BackupSummary } from './record-types.ts';
import { sha256 } from './text-hash.ts';
import type { World } from './world.ts';

/** What was in the database right after a migration, kept beside its backup. */
export interface MigratedDigests {
  readonly collections: readonly CollectionDigest[];
  readonly rows: Readonly<Record<string, readonly RowDigest[]>>;
}

/** A generation of the backup: its place in the vault and its head. Numbers rise with each generation. */
export interface Generation {
  readonly number: number;
  readonly head: BackupHead;
  readonly sha256: string;
}

/** What people are shown of a generation. */
export const summaryOf = ({ head, sha256 }: Generation): BackupSummary => ({
  id: head.id,
  migrationId: head.migration,
  createdAt: head.createdAt,
  origin: head.origin,
  user: head.user,
  entries: head.count,
  size: head.size,
  sha256,
  ...(head.reconstruction === undefined ? {} : { reconstruction: head.reconstruction }),
});

const folderOf = (world: World): string => `${world.migration.id}/backups`;
const placeOf = (world: World, number: number, id: string): string =>
  `${folderOf(world)}/${String(number).padStart(6, '0')}-${id}`;

/** Where a generation lies in the vault. */
interface Place {
  readonly number: number;
  readonly id: string;
}

/** Every generation that has a head, newest first by number, never by wall clock. */
async function placesIn(world: World): Promise<readonly Place[]> {
  const folder = folderOf(world);
  const names = await world.vault.list(`${folder}/`);
  const heads = names.map((name) => /^(\d{6,})-([^/]+)\/head$/.exec(name.slice(folder.length + 1)));
  const places = heads.flatMap((match) =>
    match === null ? [] : [{ number: Number(match[1]), id: match[2] as string }],
  );
  return places.sort((a, b) => b.number - a.number);
}

/**
 * A part of a backup, or `null` where there is none.
 * @throws BackupError `BACKUP_DAMAGED` for one that the vault itself finds damaged
 */
async function readPart(world: World, name: string): Promise<string | null> {
  try {
    return await world.vault.get(name);
  } catch (error) {
    if (!(error instanceof VaultError && error.code === 'VAULT_DAMAGED')) throw error;
    throw new BackupError('BACKUP_DAMAGED', `The vault finds ${name} damaged. Use another generation.`, {
      cause: error,
    });
  }
}

/** The generation at a place; `null` when its head is damaged, or another one's. */
async function generationAt(world: World, { number, id }: Place): Promise<Generation | null> {
  try {
    const text = await readPart(world, `${placeOf(world, number, id)}/head`);
    const { head, sha256 } = await readHead(text ?? '', world.seal);
    return head.id === id ? { number, head, sha256 } : null;
  } catch (error) {
    if (error instanceof BackupError) return null;
    throw error;
  }
}

/** The generations of a backup, newest first; `unreadable` names damaged heads. */
export async function listBackups(
  world: World,
): Promise<{ readonly generations: readonly Generation[]; readonly unreadable: readonly string[] }> {
  const generations: Generation[] = [];
  const unreadable: string[] = [];
  for (const place of await placesIn(world)) {
    const generation = await generationAt(world, place);
    if (generation === null) unreadable.push(place.id);
    else generations.push(generation);
  }
  return { generations, unreadable };
}

/** The places of one id, newest first. @throws BackupError `BACKUP_NOT_FOUND` */
async function placesOf(world: World, id: string): Promise<readonly Place[]> {
  const places = (await placesIn(world)).filter((place) => place.id === id);
  if (places.length > 0) return places;
  throw new BackupError(
    'BACKUP_NOT_FOUND',
    `There is no backup ${JSON.stringify(id)}; list the backups to see which there are.`,
  );
}

/**
 * One generation by its id.
 * @throws BackupError `BACKUP_NOT_FOUND`, `BACKUP_DAMAGED`
 */
export async function findBackup(world: World, id: string): Promise<Generation> {
  for (const place of await placesOf(world, id)) {
    const generation = await generationAt(world, place);
    if (generation !== null) return generation;
  }
  throw new BackupError('BACKUP_DAMAGED', `The head of the backup ${id} is damaged. Use another generation.`);
}

/** The text of a backup as it lies in the vault and is downloaded, damaged or not. */
export async function backupText(world: World, id: string): Promise<string> {
  for (const { number } of await placesOf(world, id)) {
    const content = await readPart(world, `${placeOf(world, number, id)}/content`);
    if (content !== null) return content;
  }
  throw new BackupError('BACKUP_DAMAGED', `The content of the backup ${id} is missing. Use another generation.`);
}

/** Every text under this id, damaged or not, with or without its head, which may be whole when the rest is not. */
export async function remainsOf(world: World, id: string): Promise<readonly string[]> {
  const texts: string[] = [];
  const names = await world.vault.list(`${folderOf(world)}/`);
  const own = names.filter((name) => name.endsWith(`-${id}/content`) || name.endsWith(`-${id}/head`));
  for (const name of own
    .filter((one) => /\/\d{6,}-[^/]+\/[a-z]+$/.test(one))
    .sort()
    .reverse()) {
    const text = await readRemains(world, name);
    if (text !== null) texts.push(text);
  }
  return texts;
}

async function readRemains(world: World, name: string): Promise<string | null> {
  try {
    return await readPart(world, name);
  } catch (error) {
    if (error instanceof BackupError) return null;
    throw error;
  }
}

async function loadAt(
  world: World,
  place: Place,
  report: ((part: number) => void) | undefined,
): Promise<VerifiedBackup> {
  const { number, id } = place;
  const generation = await generationAt(world, place);
  if (generation === null) {
    throw new BackupError('BACKUP_DAMAGED', `The head of the backup ${id} is damaged. Use another generation.`);
  }
  const text = await readPart(world, `${placeOf(world, number, id)}/content`);
  if (text === null) {
    throw new BackupError('BACKUP_DAMAGED', `The content of the backup ${id} is missing. Use another generation.`);
  }
  const backup = await readBackup(text, world.seal, world.migration.maxBackupSize, report);
  if (backup.sha256 === generation.sha256) return backup;
  throw new BackupError(
    'BACKUP_DAMAGED',
    `The backup ${id} is not the one that its head describes. Use another generation.`,
  );
}

/**
 * A backup, every hash recomputed: of several copies under its id the newest one that is whole.
 * @throws BackupError what is wrong with the newest copy, when none is whole
 */
export async function loadBackup(world: World, id: string, report?: (part: number) => void): Promise<VerifiedBackup> {
  let failure: BackupError | null = null;
  for (const place of await placesOf(world, id)) {
    try {
      return await loadAt(world, place, report);
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** Whether the content at a place is a whole backup. */
async function isWhole(world: World, place: string): Promise<boolean> {
  try {
    const text = (await readPart(world, `${place}/content`)) ?? '';
    await readBackup(text, world.seal, world.migration.maxBackupSize);
    return true;
  } catch (error) {
    if (error instanceof BackupError) return false;
    throw error;
  }
}

/**
 * Content first, the head last: a generation counts from the moment it has a head, and is read back before. Where a
 * whole one is already, it stays and is what is given: it may be of a process that has taken this one for dead, and
 * the run is built upon it by now (rule BK11).
 */
async function keep(world: World, number: number, id: string, content: string): Promise<VerifiedBackup> {
  const place = placeOf(world, number, id);
  const isThere = (await world.vault.putIfAbsent(`${place}/content`, content)) === 'exists';
  if (isThere && !(await isWhole(world, place))) await world.vault.put(`${place}/content`, content);
  const stored = (await world.vault.get(`${place}/content`)) ?? '';
  await breathe(world);
  const backup = await readBackup(stored, world.seal, world.migration.maxBackupSize);
  await world.vault.put(`${place}/head`, stored.slice(0, stored.indexOf('\n', stored.indexOf('\n') + 1) + 1));
  return backup;
}

/**
 * Writes a new generation and gives it as it was read back, every hash recomputed, before it counted. Of several
 * processes that do so for one id the first one's counts, and is what all of them are given.
 */
export async function createBackup(
  world: World,
  id: string,
  storage: string,
  items: readonly BackupItem[],
  reconstruction?: NonNullable<BackupHead['reconstruction']>,
): Promise<VerifiedBackup> {
  const facts = {
    ...(reconstruction === undefined ? {} : { reconstruction }),
    id,
    migration: world.migration.id,
    definition: world.migration.digest,
    createdAt: new Date(world.clock.now()).toISOString(),
    origin: world.storage.origin,
    storage,
    user: world.identity.user(),
  };
  const { text } = await writeBackup(facts, items, world.seal);
  await breathe(world);
  return keep(world, await numberFor(world, id), id, text);
}

/** The number of the generation that there is under this id, or the next one. */
async function numberFor(world: World, id: string): Promise<number> {
  const places = await placesIn(world);
  return places.find((place) => place.id === id)?.number ?? (places[0]?.number ?? 0) + 1;
}

/**
 * Keeps a text from outside, verified and checked by the caller: as a new generation, or in the place of the damaged
 * one with its id, so that what lies beside that one is found.
 */
export async function adoptBackup(world: World, id: string, text: string): Promise<Generation> {
  await keep(world, await numberFor(world, id), id, text);
  return findBackup(world, id);
}

/** Removes a generation. The head goes first: without it the rest counts for nothing, whenever a crash comes. */
export async function dropBackup(world: World, id: string): Promise<void> {
  for (const { number } of await placesOf(world, id)) {
    for (const part of ['head', 'content', 'digests'])
      await world.vault.remove(`${placeOf(world, number, id)}/${part}`);
  }
}

/** Keeps, beside a backup, what was in the database right after its migration. */
export async function keepDigests(world: World, id: string, digests: MigratedDigests): Promise<void> {
  const { number } = await findBackup(world, id);
  const json = JSON.stringify(digests);
  await world.vault.put(`${placeOf(world, number, id)}/digests`, `${await sha256(json)}\n${json}`);
}

/**
 * What was in the database right after the migration of a backup, or `null` if the migration did not get so far. The
 * backup itself may be damaged.
 * @throws BackupError `BACKUP_NOT_FOUND`, `BACKUP_DAMAGED`
 */
export async function readDigests(world: World, id: string): Promise<MigratedDigests | null> {
  const { number } = (await placesOf(world, id))[0] as Place;
  const stored = await readPart(world, `${placeOf(world, number, id)}/digests`);
  if (stored === null) return null;
  const json = stored.slice(65);
  if (stored.slice(0, 64) === (await sha256(json))) return JSON.parse(json);
  throw new BackupError('BACKUP_DAMAGED', `The digests beside the backup ${id} are damaged.`);
}
