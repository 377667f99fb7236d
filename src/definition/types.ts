import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Row } from '../ports/database.ts';

/** How a value of the app's state looks: parsed JSON. */
export type Item = Readonly<Record<string, unknown>>;

/** One of the app's stores that goes into a table. */
export interface CollectionDefinition {
  /**
   * The key in storage; with a `*` (`note-*`) every matching key holds one item. A star or a backslash that is part
   * of the key is written `\*` or `\\`.
   */
  readonly storageKey: string;
  /**
   * Where the items are in the parsed value, as a dotted string or as segments; `''` (default) is the value itself.
   * A segment that meets a string steps into the JSON text that it holds. Items are an array of objects, a map from
   * id to object, or `{ ids, entities }`.
   */
  readonly path?: string | readonly string[];
  /**
   * The property, or properties, that identify an item: strings or numbers. Default `id`. An item of a map, or with a
   * key of its own, that lacks a single id property is identified by its key there; `schema` and `toRow` then see the
   * item with that id added.
   */
  readonly idField?: string | readonly string[];
  /** Validates an item; what it transforms is not used. Asynchronous ones are awaited. */
  readonly schema?: StandardSchemaV1;
  /** The row for an item. Default: the properties that have a column of the same name. */
  readonly toRow?: (item: Item) => Row;
  /** The item for a row. Default: the row as it is. */
  readonly fromRow?: (row: Row) => Item;
  /** What to remove from the cache when rows are cleared; may hold `{id}` and `{scope}`. */
  readonly cachePatterns?: readonly string[];
}

/** When a run that works is stopped and undone by itself. */
export interface TriggersDefinition {
  /** The part of all items, 0 to 1, that may fail validation. Default 0.1. */
  readonly validationFailures?: number;
  /** The part of the memory, 0 to 1, that may be used. Default 0.9. */
  readonly memory?: number;
  /** Active time in milliseconds for up to `timeoutItems` items, proportionally more above. Default 300,000. */
  readonly timeout?: number;
  /** Default 10,000. */
  readonly timeoutItems?: number;
}

/** What to do with rows that people added, changed or deleted after the migration. */
export type DriftPolicy = 'ask' | 'merge' | 'discard';

/** How long backups and archives are kept: both must have passed. */
export interface RetentionDefinition {
  /** Default 30. */
  readonly days?: number;
  /** Generations of backups that are kept whatever their age. Default 3. */
  readonly backups?: number;
}

/** A migration as an app writes it down, once. */
export interface MigrationDefinition {
  /** Names the migration for ever: `[A-Za-z0-9._-]`, at most 64 characters. */
  readonly id: string;
  readonly collections: Readonly<Record<string, CollectionDefinition>>;
  /**
   * Raw keys that belong to the migration but to no table, restored as they are. Globs: `*` is any run of characters,
   * `\*` a star, `\\` a backslash, all else itself.
   */
  readonly formData?: readonly string[];
  readonly triggers?: TriggersDefinition;
  /** Default `ask`. */
  readonly onDrift?: DriftPolicy;
  readonly retention?: RetentionDefinition;
  /** Whether the migrated keys are removed from storage once their rows are verified. Default `clear`. */
  readonly source?: 'clear' | 'keep';
  /** Milliseconds after which a restored storage is believed to be on disk (hazard H1). Default 24 hours. */
  readonly settleAfter?: number;
  /** Milliseconds after a run at which the cache is invalidated once more (hazard H19). Default 60,000. */
  readonly cacheGrace?: number;
  /** Deepest nesting of a value. Default 200. */
  readonly maxDepth?: number;
  /** Largest backup that is read, in characters. Default 1,073,741,824 / 2. */
  readonly maxBackupSize?: number;
}

/** A collection, checked and with its defaults. */
export interface Collection {
  readonly name: string;
  /** For `oneKey` the key itself, nothing escaped; for `keyPerItem` the glob. */
  readonly storageKey: string;
  readonly layout: 'oneKey' | 'keyPerItem';
  readonly path: readonly string[];
  readonly idFields: readonly string[];
  readonly schema: StandardSchemaV1 | null;
  readonly toRow: ((item: Item) => Row) | null;
  readonly fromRow: ((row: Row) => Item) | null;
  readonly cachePatterns: readonly string[];
}

/** A migration, checked and with its defaults: what `defineMigration` returns and `createBackpedal` takes. */
export interface Migration {
  readonly id: string;
  readonly collections: readonly Collection[];
  readonly formData: readonly string[];
  readonly triggers: Required<TriggersDefinition>;
  readonly onDrift: DriftPolicy;
  readonly retention: Required<RetentionDefinition>;
  readonly source: 'clear' | 'keep';
  readonly settleAfter: number;
  readonly cacheGrace: number;
  readonly maxDepth: number;
  readonly maxBackupSize: number;
  /**
   * SHA-256 over what says which data is meant: id, keys, paths and id fields of the collections, form data. Policies,
   * functions, schemas and cache patterns do not count, so that changing one of them makes no backup foreign.
   */
  readonly digest: string;
}
