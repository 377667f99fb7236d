import { defineMigration, type Migration } from '../../src/index.ts';

/** A person's tasks, each row with its owner, which the text in storage does not have. */
export const ownRowsMigration = (id: string, person: string): Migration =>
  defineMigration({
    id,
    collections: {
      tasks: {
        storageKey: 'task-store',
        path: 'state.tasks',
        toRow: (item) => ({ ...item, owner: person }),
        fromRow: ({ id: task, title }) => ({ id: task, title }),
      },
    },
    formData: ['draft:*'],
  });
