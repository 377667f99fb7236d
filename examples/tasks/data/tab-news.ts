import type { ReloadReason } from '../../../src/adapters/web/index.ts';

/** What another tab does or did to the data: it moves it, or what this one shows has to be loaded anew. */
export type News = 'none' | 'moving' | ReloadReason;

/** The latest news of other tabs, in the shape that React's external stores want. */
export interface TabNews {
  tell(news: News): void;
  getSnapshot(): News;
  subscribe(listener: () => void): () => void;
}

/** No news yet. */
export function createTabNews(): TabNews {
  const listeners = new Set<() => void>();
  let latest: News = 'none';
  return {
    tell(news) {
      latest = news;
      for (const listener of listeners) listener();
    },
    getSnapshot: () => latest,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
