import { type ReactElement, useDeferredValue, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { newTask, type Task, type TaskBook } from '../data/model.ts';
import { AddTask } from './add-task.tsx';
import { ProjectList } from './project-list.tsx';
import { TaskRow } from './task-row.tsx';

/** More than anybody reads at once. */
const SHOWN = 200;

const ORDER = { doing: 0, open: 1, done: 2 } as const;

const byUrgency = (a: Task, b: Task): number =>
  ORDER[a.status] - ORDER[b.status] || Number(b.isPinned) - Number(a.isPinned) || b.createdAt - a.createdAt;

/** Projects and tasks. While the data is being moved everything can be read and nothing changed. */
export function Workspace(props: { readonly book: StoreApi<TaskBook>; readonly isBusy: boolean }): ReactElement {
  const { book, isBusy } = props;
  const { tasks, projects, addTasks, changeTask, removeTask } = useStore(book);
  const [chosen, setChosen] = useState<string | null>(null);
  const [query, setQuery] = useState('');
  const words = useDeferredValue(query).trim().toLowerCase();
  const found = useMemo(
    () =>
      tasks
        .filter((task) => chosen === null || task.projectId === chosen)
        .filter((task) => words === '' || `${task.title} ${task.notes}`.toLowerCase().includes(words))
        .sort(byUrgency),
    [tasks, chosen, words],
  );
  const open = found.filter(({ status }) => status !== 'done').length;
  const project = projects.find(({ id }) => id === chosen);
  const target = project ?? projects[0];
  return (
    <main className="workspace">
      <ProjectList projects={projects} tasks={tasks} chosen={chosen} onChoose={setChosen} />
      <section className="tasks" aria-label={project?.name ?? 'All tasks'}>
        <div className="tasks-head">
          <h2>{project?.name ?? 'All tasks'}</h2>
          <p className="quiet-text">
            {open} open · {found.length - open} done
          </p>
          <input
            type="search"
            placeholder="Search"
            aria-label="Search tasks"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </div>
        <fieldset className="tasks-body" disabled={isBusy}>
          <legend className="visually-hidden">Tasks{isBusy ? ', which cannot be changed while they move' : ''}</legend>
          {target !== undefined && <AddTask onAdd={(title) => addTasks([newTask(title, target.id)])} />}
          <ul className="task-list">
            {found.slice(0, SHOWN).map((task) => (
              <TaskRow
                key={task.id}
                task={task}
                project={projects.find(({ id }) => id === task.projectId)}
                onChange={(change) => changeTask(task.id, change)}
                onRemove={() => removeTask(task.id)}
              />
            ))}
          </ul>
          {found.length > SHOWN && <p className="quiet-text">and {(found.length - SHOWN).toLocaleString('en')} more</p>}
          {found.length === 0 && <p className="empty">Nothing here. Enjoy it.</p>}
        </fieldset>
      </section>
    </main>
  );
}
