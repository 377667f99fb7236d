import { useEffect, useState } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { MigrationState } from '../../../src/index.ts';
import { openLocalBook } from '../data/local-book.ts';
import type { TaskBook } from '../data/model.ts';
import type { App } from '../data/open-app.ts';
import { openRowBook } from '../data/row-book.ts';

/** Where the tasks are: a store in localStorage, rows, or on their way. */
export type Place = 'storage' | 'rows' | 'moving';

/** Where the tasks are in a state of the migration; in safe mode nobody works with either copy. */
export function placeOf(state: MigrationState): Place {
  if (state === 'MIGRATED') return 'rows';
  return state === 'NOT_STARTED' || state === 'ROLLED_BACK' ? 'storage' : 'moving';
}

/**
 * The book of the place where the tasks are, opened anew whenever they have moved; while they are moving, the last one,
 * so that people see what they had.
 */
export function useBook(
  app: App,
  state: MigrationState,
  onFailure: (error: unknown) => void,
): StoreApi<TaskBook> | null {
  const place = placeOf(state);
  const visitor = state === 'NOT_STARTED' ? 'new' : 'known';
  const [book, setBook] = useState<StoreApi<TaskBook> | null>(null);
  useEffect(() => {
    if (place === 'moving') return;
    if (place === 'storage') return setBook(openLocalBook(app.gate, visitor));
    let close: (() => void) | null = null;
    let isWanted = true;
    openRowBook(app.image, onFailure).then((opened) => {
      if (!isWanted) return opened.close();
      close = opened.close;
      setBook(opened.book);
    }, onFailure);
    return () => {
      isWanted = false;
      close?.();
    };
  }, [app, place, visitor, onFailure]);
  return book;
}
