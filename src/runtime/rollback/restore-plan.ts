import { mergeCollection } from '../../content/merge-collection.ts';
import type { ArchivedRow, CollectionTable } from '../../ports/database.ts';
import type { StorageWrite } from '../../ports/storage.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import { isTorn, type KeyState, surveyStorage } from '../storage-survey.ts';
import { sha256 } from '../text-hash.ts';
import type { DisplacedValue } from '../vault-files.ts';
import type { World } from '../world.ts';

/** A row's change that stays in the archive. */
export interface NotCarriedOver {
  readonly collection: string;
  readonly key: string;
  readonly reason: string;
}

/** The texts that the drift was merged into; `null` removes a key. */
export interface Merged {
  readonly entries: readonly (readonly [key: string, text: string | null])[];
  readonly notCarriedOver: readonly NotCarriedOver[];
  /** SHA-256 of each text, by key. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** What every key is to hold, and what has to be written for it. */
export interface Restore {
  /** Every key that will be compared afterwards, with its text. */
  readonly targets: ReadonlyMap<string, string | null>;
  readonly writes: readonly StorageWrite[];
  /** Values that are about to be overwritten and lie nowhere else. */
  readonly displaced: readonly DisplacedValue[];
  /** Form data that holds something newer and is left alone. */
  readonly newer: readonly string[];
  readonly digest: string;
  /** The digest of what the keys of collections are to hold, by which storage is known even without any backup. */
  readonly collections: string;
}

type Changes = Parameters<typeof mergeCollection>[0]['changes'];

/**
 * A collection's changes. A row that is gone and there anew, put there while an earlier rollback was being undone, is
 * one that has changed.
 */
function changesIn(collection: string, rows: readonly ArchivedRow[]): Changes {
  const changes = new Map<string, Changes[number]>();
  for (const { collection: of, key, kind, row } of rows) {
    if (of !== collection || (kind !== 'added' && kind !== 'changed' && kind !== 'deleted')) continue;
    const known = changes.get(key);
    changes.set(key, known === undefined ? { key, kind, row } : { key, kind: 'changed', row: row ?? known.row });
  }
  return [...changes.values()];
}

/** Carries the drift over into the texts of the backup. */
export function mergeDrift(
  world: World,
  tables: readonly CollectionTable[],
  backup: VerifiedBackup,
  rows: readonly ArchivedRow[],
): Merged {
  const entries = new Map<string, string | null>(backup.values);
  const changed = new Map<string, string | null>();
  const notCarriedOver: NotCarriedOver[] = rows
    .filter(({ kind }) => kind === 'dependent' || kind === 'late')
    .map(({ collection, key, table }) => ({
      collection,
      key,
      reason: `it lies in the table ${table}, which is not part of the migration`,
    }));
  for (const collection of world.migration.collections) {
    const changes = changesIn(collection.name, rows);
    const table = tables.find((candidate) => candidate.collection === collection.name);
    if (changes.length === 0 || table === undefined) continue;
    const present = new Map([...entries].filter((entry): entry is [string, string] => entry[1] !== null));
    const outcome = mergeCollection({ collection, table, entries: present, changes, limits: world.migration });
    for (const [key, text] of outcome.entries) {
      if (entries.get(key) !== text) changed.set(key, text);
      entries.set(key, text);
    }
    notCarriedOver.push(...outcome.notCarriedOver.map((entry) => ({ collection: collection.name, ...entry })));
  }
  return { entries: [...changed], notCarriedOver, hashes: new Map() };
}

/** What a key is to hold: merged text, the backup's, or nothing is said because something newer is left alone. */
function targetOf(
  state: KeyState,
  backup: VerifiedBackup,
  merged: ReadonlyMap<string, string | null>,
): string | null | undefined {
  const { entry, current } = state;
  const original = backup.values.get(entry.key) as string;
  if (entry.kind === 'collection') return merged.has(entry.key) ? (merged.get(entry.key) as string | null) : original;
  if (state.state === 'other' && !isTorn(current as string, original)) return undefined;
  return original;
}

/** Compares storage with what is to be there. Nothing is changed. */
export async function planRestore(world: World, backup: VerifiedBackup, merged: Merged | null): Promise<Restore> {
  const texts = new Map(merged?.entries ?? []);
  const states = await surveyStorage(world, backup.head);
  const targets = new Map<string, string | null>();
  const writes: StorageWrite[] = [];
  const displaced: DisplacedValue[] = [];
  const newer: string[] = [];
  const aim = (key: string, value: string | null, current: string | null, isKept: boolean): void => {
    targets.set(key, value);
    if (current === value) return;
    writes.push({ key, value, expect: [current] });
    if (current !== null && !isKept) displaced.push({ key, value: current });
  };
  for (const state of states) {
    const target = targetOf(state, backup, texts);
    if (target === undefined) newer.push(state.entry.key);
    else aim(state.entry.key, target, state.current, state.state === 'same');
  }
  const added = [...texts].filter(([key]) => !backup.values.has(key));
  const currents = await world.storage.read(added.map(([key]) => key));
  for (const [key, text] of added) aim(key, text, currents.get(key) ?? null, false);
  const hashes = await hashesOf(backup, targets, merged);
  const kinds = new Map(backup.head.entries.map(({ key, kind }) => [key, kind]));
  const ofCollections = [...hashes].filter(([key]) => kinds.get(key) !== 'formData');
  const [digest, collections] = [await sha256(JSON.stringify([...hashes])), await collectionsDigest(ofCollections)];
  return { targets, writes, displaced, newer, digest, collections };
}

/** A digest of which keys of collections are there, and with which content; keys that are not there do not count. */
export async function collectionsDigest(
  hashes: Iterable<readonly [key: string, sha256: string | null]>,
): Promise<string> {
  const facts = [...hashes].filter(([, hash]) => hash !== null);
  return sha256(JSON.stringify(facts.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The hash of what every key is to hold; those that are known are not computed again. */
async function hashesOf(
  backup: VerifiedBackup,
  targets: ReadonlyMap<string, string | null>,
  merged: Merged | null,
): Promise<ReadonlyMap<string, string | null>> {
  const known = new Map(backup.head.entries.map((entry) => [entry.key, entry.sha256]));
  const hashes = new Map<string, string | null>();
  for (const [key, text] of targets) {
    if (text === null) hashes.set(key, null);
    else if (backup.values.get(key) === text) hashes.set(key, known.get(key) as string);
    else hashes.set(key, merged?.hashes.get(key) ?? (await sha256(text)));
  }
  return hashes;
}
