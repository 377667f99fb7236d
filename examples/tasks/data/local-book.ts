import { createJSONStorage, persist } from 'zustand/middleware';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GatedStorage } from '../../../src/adapters/web/index.ts';
import { STORE_KEY } from './migration.ts';
import type { TaskBook } from './model.ts';
import { SAMPLE_PROJECTS, SAMPLE_TASKS } from './sample.ts';

/**
 * The app before the migration, and after a rollback: a zustand store that lives in localStorage. It is made after
 * `recover()`, because it reads as soon as it is made, and writes through the gate, which is closed during a run.
 */
export function openLocalBook({ storage }: GatedStorage): StoreApi<TaskBook> {
  return createStore<TaskBook>()(
    persist(
      (set) => ({
        tasks: SAMPLE_TASKS,
        projects: SAMPLE_PROJECTS,
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
}
