import type { Collection } from '../definition/types.ts';
import type { CollectionTable } from '../ports/database.ts';
import { type Decisions, decideChanges, type NotCarriedOver, type RowChange } from './decide-changes.ts';
import type { ContentLimits } from './parse-json.ts';
import { readOneKey, readOwnKeyItems } from './read-collection.ts';
import { writeIntoOneKey } from './write-items.ts';
import { writeIntoOwnKeys } from './write-own-keys.ts';

/** What people did to a collection's rows, to be carried into the texts that it was migrated from. */
export interface MergeRequest {
  readonly collection: Collection;
  readonly table: CollectionTable;
  /**
   * The raw storage entries as they were migrated. Where several collections lie in one key, what the merge of one
   * gave is what the next one takes.
   */
  readonly entries: ReadonlyMap<string, string>;
  readonly changes: readonly RowChange[];
  readonly limits: ContentLimits;
}

/** The collection's keys after the merge, and what stays in the archive. */
export interface MergeOutcome {
  /** Every key of the collection with its text, the very same one where nothing changed; `null`: the key goes. */
  readonly entries: ReadonlyMap<string, string | null>;
  readonly notCarriedOver: readonly NotCarriedOver[];
}

/**
 * Carries changes of rows over onto the original items, three ways and column by column: the base is the row that
 * `toRow` makes of the item, theirs is the row now. Properties that the two rows give differently are replaced in the
 * item's own text, added items are appended in the order of their keys, deleted ones are cut out; every other
 * character of the texts stays as it is.
 *
 * A change that cannot be carried over whole is left out whole, and listed with its reason.
 * @throws InputError as `readCollection`, for texts that could not have been migrated
 */
export function mergeCollection(request: MergeRequest): MergeOutcome {
  return request.collection.layout === 'keyPerItem' ? mergeOwnKeys(request) : mergeOneKey(request);
}

function mergeOneKey({ collection, table, entries, changes, limits }: MergeRequest): MergeOutcome {
  const raw = entries.get(collection.storageKey);
  const content = readOneKey(collection, entries, limits);
  if (content === null) {
    const reason = 'storage held nothing at its place, so that there is no saying how an item would lie there';
    const kept = raw === undefined ? [] : [[collection.storageKey, raw] as const];
    return { entries: new Map(kept), notCarriedOver: changes.map(({ key }) => ({ key, reason })) };
  }
  const decisions = decideChanges(collection, table, content.found.items, changes);
  const written = writeIntoOneKey(content, decisions);
  return {
    entries: new Map([[collection.storageKey, written.text]]),
    notCarriedOver: allNotCarriedOver(decisions, written.notCarriedOver),
  };
}

function mergeOwnKeys({ collection, table, entries, changes, limits }: MergeRequest): MergeOutcome {
  const owned = readOwnKeyItems(collection, entries, limits);
  const items = owned.map(({ item }) => item);
  const decisions = decideChanges(collection, table, items, changes);
  const written = writeIntoOwnKeys(collection, entries, owned, decisions);
  return { entries: written.entries, notCarriedOver: allNotCarriedOver(decisions, written.notCarriedOver) };
}

function allNotCarriedOver(decisions: Decisions, fromWriting: readonly NotCarriedOver[]): readonly NotCarriedOver[] {
  return [...decisions.notCarriedOver, ...fromWriting];
}
