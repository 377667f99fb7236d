/** Where a task stands. */
export type TaskStatus = 'open' | 'doing' | 'done';

/** Something to be done. A type, so that it is an item of a collection as it is. */
export type Task = {
  readonly id: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly projectId: string;
  readonly isPinned: boolean;
  readonly notes: string;
  readonly createdAt: number;
};

/** What tasks belong to. */
export type Project = {
  readonly id: string;
  readonly name: string;
  /** Degrees on the wheel of colours. */
  readonly hue: number;
};

/** All that the app is about, and what people can do with it. The two stores of the app have this shape. */
export interface TaskBook {
  readonly tasks: readonly Task[];
  readonly projects: readonly Project[];
  readonly addTasks: (tasks: readonly Task[]) => void;
  readonly changeTask: (id: string, change: Partial<Omit<Task, 'id'>>) => void;
  readonly removeTask: (id: string) => void;
  readonly addProject: (project: Project) => void;
}

/** A task that nobody has done anything about yet. */
export const newTask = (title: string, projectId: string): Task => ({
  id: crypto.randomUUID(),
  title,
  status: 'open',
  projectId,
  isPinned: false,
  notes: '',
  createdAt: Date.now(),
});
