import type { Blow } from '../episode.ts';
import type { Action, Told } from '../protocol.ts';
import type { Deed } from './page/worlds.ts';

/** What a tab is told to do. */
export interface PageOrder {
  readonly action: Action | Deed;
  /** What befalls it; what comes at a time comes from outside. */
  readonly blow: Blow | null;
}

/** What came of an order. */
export type PageAnswer =
  | { readonly kind: 'performed' }
  | { readonly kind: 'done'; readonly told: Told }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
