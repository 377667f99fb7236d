import type { Blow } from '../episode.ts';
import type { Action, Told } from '../protocol.ts';
import type { Deed } from './page/worlds.ts';

/** What a tab is told to do. */
export interface PageOrder {
  readonly action: Action | Deed;
  /** What befalls it; what comes at a time comes from outside. */
  readonly blow: Blow | null;
  /** The app that the order before has opened, or a new one; default a new one. */
  readonly app?: 'new' | 'open';
}

/** What came of an order. */
export type PageAnswer =
  /** With what the gate has told this tab since the app was opened. */
  | { readonly kind: 'performed'; readonly news: readonly string[] }
  | { readonly kind: 'done'; readonly told: Told }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
