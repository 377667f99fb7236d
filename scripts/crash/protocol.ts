import type { Blow } from './episode.ts';

/** What a process is told to do; it opens the app for it and closes it afterwards. */
export type Action =
  | 'migrate'
  | 'rollback'
  /** A rollback that merges what people did meanwhile. */
  | 'merge'
  /** A rollback that a person cancels when storage is about to be restored. */
  | 'undo'
  | 'recover'
  /** Compares storage and database with what the last run left there. */
  | 'verify';

/** One line to a process. */
export interface Order {
  readonly action: Action;
  readonly folder: string;
  /** What befalls it; what comes at a time comes from outside. */
  readonly blow: Blow | null;
  /** Where it looks for locks; default where all others do. */
  readonly locks?: string;
}

/** What a run said of itself, as far as it is judged. */
export interface ToldRun {
  readonly runId: string;
  readonly outcome: string;
  readonly success: boolean;
  readonly finalStatus: string;
  readonly warnings: readonly string[];
}

/** What came of an order. */
export interface Told {
  /** What `recover` did, `null` for the others. */
  readonly recovered: string | null;
  readonly migrationState: string | null;
  readonly run: ToldRun | null;
  /** What verifying complained of. */
  readonly complaints: readonly string[];
}

/** One line from a process. `chart` is the state that its run was in. */
export type Line =
  | { readonly kind: 'ready' }
  | { readonly kind: 'begun' }
  | { readonly kind: 'begins'; readonly number: number; readonly name: string; readonly chart: string | null }
  | { readonly kind: 'ends'; readonly number: number; readonly name: string; readonly failure: string | null }
  | { readonly kind: 'freezes'; readonly number: number }
  | { readonly kind: 'done'; readonly told: Told }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
