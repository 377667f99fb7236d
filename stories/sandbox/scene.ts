import type { MigrationState, RollbackStatus, Row } from '../../src/index.ts';
import type { ChartId } from '../charts/charts.ts';

/** A state that a run was in. */
export interface Footprint {
  readonly chart: ChartId;
  readonly run: string;
  /** The innermost state's dotted path. */
  readonly state: string;
}

/** A tab of the app, as somebody who looks at the screen sees it. */
export interface TabScene {
  /** `gone`: closed, or died with its process. */
  readonly life: 'open' | 'frozen' | 'gone';
  readonly status: RollbackStatus;
  readonly trail: readonly Footprint[];
}

/** A key of storage. Until it is on the disk a killed browser loses it. */
export interface KeyScene {
  readonly value: string;
  readonly place: 'disk' | 'memory';
  /** Compared with what was there before the migration. */
  readonly against: 'same' | 'other' | 'new';
}

/** An entry of the vault: a record of the journal, a backup, or something else. */
export interface VaultScene {
  readonly kind: 'record' | 'backup' | 'audit' | 'other';
  readonly text: string;
}

/** Everything there is at one moment, as plain data: what the time-line goes back and forth through. */
export interface Scene {
  readonly storage: Readonly<Record<string, KeyScene>>;
  /** Keys that were there before the migration and are not now. */
  readonly missing: readonly string[];
  readonly tables: Readonly<Record<string, Readonly<Record<string, Row>>>>;
  /** Rows in the archive, by run and key. */
  readonly archive: Readonly<Record<string, string>>;
  readonly lease: string;
  readonly cache: readonly string[];
  readonly vault: Readonly<Record<string, VaultScene>>;
  readonly tabs: Readonly<Record<string, TabScene>>;
  readonly notices: readonly string[];
  readonly migrationState: MigrationState;
}

/** A scene in which nothing is. */
export const EMPTY_SCENE: Scene = {
  storage: {},
  missing: [],
  tables: {},
  archive: {},
  lease: 'free',
  cache: [],
  vault: {},
  tabs: {},
  notices: [],
  migrationState: 'NOT_STARTED',
};
