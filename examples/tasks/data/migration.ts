import { defineMigration, type Migration } from '../../../src/index.ts';

/** The key under which zustand's `persist` keeps the app's store. */
export const STORE_KEY = 'task-store';

/** From localStorage to the database, written down once. */
export const migration: Migration = defineMigration({
  id: 'tasks-to-database',
  collections: {
    projects: { storageKey: STORE_KEY, path: 'state.projects' },
    tasks: { storageKey: STORE_KEY, path: 'state.tasks' },
  },
  formData: ['draft:*', 'settings'],
});
