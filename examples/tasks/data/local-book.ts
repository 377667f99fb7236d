import { createJSONStorage, persist } from 'zustand/middleware';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GatedStorage } from '../../../src/adapters/web/index.ts';
import { STORE_KEY } from './migration.ts';
import type { TaskBook } from './model.ts';
import { SAMPLE_PROJECTS, SAMPLE_TASKS } from './sample.ts';

/**
 * The app before the migration, and after a rollback: a zustand store that lives in localStorage. It is made after
 * `recover()`, because it reads as soon as it is made, and writes through the gate, which is closed during a run.
 * @param visitor a new one finds something to try; of a known one an empty storage stays empty
 */
export function openLocalBook({ storage }: GatedStorage, visitor: 'new' | 'known'): StoreApi<TaskBook> {
  const book = createStore<TaskBook>()(
    persist(
      (set) => ({
        tasks: [],
        projects: [],
        addTasks: (added) => set(({ tasks }) => ({ tasks: [...tasks, ...added] })),
        changeTask: (id, change) =>
          set(({ tasks }) => ({ tasks: tasks.map((task) => (task.id === id ? { ...task, ...change } : task)) })),
        removeTask: (id) => set(({ tasks }) => ({ tasks: tasks.filter((task) => task.id !== id) })),
        addProject: (project) => set(({ projects }) => ({ projects: [...projects, project] })),
      }),
      {
        name: STORE_KEY,
        version: 2,
        storage: createJSONStorage(() => storage),
        partialize: ({ tasks, projects }) => ({ tasks, projects }),
      },
    ),
  );
  if (visitor === 'new' && storage.getItem(STORE_KEY) === null)
    book.setState({ tasks: SAMPLE_TASKS, projects: SAMPLE_PROJECTS });
  return book;
}
