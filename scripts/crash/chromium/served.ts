import type { SqlJsStatic } from 'sql.js';
import type { Site } from '../../browser/site.ts';

/** What pages of an episode send. */
export interface EpisodeEnds {
  /** Called when a page says that it is where it is to be struck; it stands still until this resolves. */
  strike: (operation: number) => Promise<void>;
  readonly notices: Set<string>;
}

/** An episode in which nothing befalls anybody yet. */
export const unstruck = (): EpisodeEnds => ({ strike: async () => {}, notices: new Set() });

/** Where the pages of all episodes come from, and what they send. */
export interface Served {
  readonly SQL: SqlJsStatic;
  readonly site: Site;
  /** By the number of the episode. */
  readonly episodes: Map<string, EpisodeEnds>;
}
