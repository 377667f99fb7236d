/** The app's two stores, written to storage by zustand's own `persist`. */
import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { Environment, Task } from './app-content.ts';

interface TaskStore {
  readonly tasks: readonly Task[];
  readonly selectedTaskId: string | null;
  replaceTasks(tasks: readonly Task[]): void;
}

interface EnvironmentStore {
  readonly environments: readonly Environment[];
  readonly filters: { readonly search: string; readonly labels: readonly string[]; readonly showArchived: boolean };
  readonly lastSyncedAt: number | null;
  replaceEnvironments(environments: readonly Environment[]): void;
}

function mapStorage(entries: Map<string, string>): StateStorage {
  return {
    getItem: (name) => entries.get(name) ?? null,
    setItem: (name, value) => void entries.set(name, value),
    removeItem: (name) => void entries.delete(name),
  };
}

/** Creates both stores over these entries and puts the content in, so that `persist` writes it. */
export function writeAppStores(
  entries: Map<string, string>,
  content: { readonly tasks: readonly Task[]; readonly environments: readonly Environment[] },
): void {
  const storage = createJSONStorage(() => mapStorage(entries));
  const taskStore = createStore<TaskStore>()(
    persist((set) => ({ tasks: [], selectedTaskId: 'task-007', replaceTasks: (tasks) => set({ tasks }) }), {
      name: 'task-store',
      storage,
    }),
  );
  const environmentStore = createStore<EnvironmentStore>()(
    persist(
      (set) => ({
        environments: [],
        filters: { search: 'naïve "quotes" 🔎', labels: ['p0', 'עברית'], showArchived: false },
        lastSyncedAt: null,
        replaceEnvironments: (environments) => set({ environments }),
      }),
      { name: 'environments', version: 3, storage },
    ),
  );
  taskStore.getState().replaceTasks(content.tasks);
  environmentStore.getState().replaceEnvironments(content.environments);
}
