import { defineMigration, type Migration } from '../../src/index.ts';

/** The app's migration from localStorage to its database, written down once. */
export const migration: Migration = defineMigration({
  id: 'tasks-to-database',
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: ['task:*'] },
    environments: { storageKey: 'environments', path: 'state.environments', cachePatterns: ['environment:*'] },
  },
  formData: ['draft:*', 'settings'],
});
