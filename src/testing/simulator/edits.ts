import type { Row } from '../../ports/database.ts';

/** The last thing that the app did to a key of storage. */
export interface StorageEdit {
  readonly value: string | null;
  /** `volatile` may be lost in a crash, and nobody is to blame; `lost` it was. */
  state: 'durable' | 'volatile' | 'lost';
}

/** The last thing that people did to a row. */
export interface RowEdit {
  readonly table: string;
  readonly id: string;
  /** `null`: it was removed. */
  readonly row: Row | null;
}

/** What the app did, and was told to have succeeded. */
export interface Edits {
  readonly storage: Map<string, StorageEdit>;
  /** By table and id. */
  readonly rows: Map<string, RowEdit>;
  /** Keys whose original the app itself has destroyed before there was a backup of it. */
  readonly forgiven: Set<string>;
  /** Backups that were damaged behind the vault's back, by the name of their content. */
  readonly damaged: Set<string>;
  /** Whether a person has chosen to leave storage as empty as it was found. */
  keepsEmpty: boolean;
}

/** Nothing has been done. */
export const noEdits = (): Edits => ({
  storage: new Map(),
  rows: new Map(),
  forgiven: new Set(),
  damaged: new Set(),
  keepsEmpty: false,
});
