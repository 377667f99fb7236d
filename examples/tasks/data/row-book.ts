import { eq } from 'drizzle-orm';
import type { SQLJsDatabase } from 'drizzle-orm/sql-js';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SqlJsImage } from '../../../src/adapters/sqljs/index.ts';
import type { Project, Task, TaskBook } from './model.ts';
import { projects, tasks } from './tables.ts';

/** What the app tells its other tabs when rows have changed. */
const CHANGES = 'tasks:rows';

/** A book, and how it is closed. */
export interface OpenBook {
  readonly book: StoreApi<TaskBook>;
  readonly close: () => void;
}

/** What is in the tables now. */
const read = (db: SQLJsDatabase): { readonly tasks: readonly Task[]; readonly projects: readonly Project[] } => ({
  tasks: db.select().from(tasks).orderBy(tasks.createdAt).all(),
  projects: db.select().from(projects).all(),
});

/** How many tasks are inserted by one statement; SQLite takes only so many variables. */
const BATCH = 1000;

/**
 * The app after the migration: the same store, over rows. Every change is a transaction that is saved before it is
 * shown, and told to the other tabs.
 * @param onFailure told of a change that could not be saved
 */
export async function openRowBook(image: SqlJsImage, onFailure: (error: unknown) => void): Promise<OpenBook> {
  await image.refresh();
  const others = new BroadcastChannel(CHANGES);
  const change = (work: (db: SQLJsDatabase) => void): void => {
    image.transact(work).then(() => {
      book.setState(read(image.db));
      others.postMessage('changed');
    }, onFailure);
  };
  const book = createStore<TaskBook>(() => ({
    ...read(image.db),
    addTasks: (added) =>
      change((db) => {
        for (let at = 0; at < added.length; at += BATCH)
          db.insert(tasks)
            .values(added.slice(at, at + BATCH))
            .run();
      }),
    changeTask: (id, values) => change((db) => db.update(tasks).set(values).where(eq(tasks.id, id)).run()),
    removeTask: (id) => change((db) => db.delete(tasks).where(eq(tasks.id, id)).run()),
    addProject: (project) => change((db) => db.insert(projects).values(project).run()),
  }));
  others.onmessage = () => {
    image.refresh().then(() => book.setState(read(image.db)), onFailure);
  };
  return { book, close: () => others.close() };
}
