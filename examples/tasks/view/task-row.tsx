import { type ReactElement, useState } from 'react';
import type { Project, Task } from '../data/model.ts';
import { hueOf } from './project-list.tsx';

/** A task: done or not, its title to be edited in place, pinned or not. */
export function TaskRow(props: {
  readonly task: Task;
  readonly project: Project | undefined;
  readonly onChange: (change: Partial<Omit<Task, 'id'>>) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const { task, project, onChange, onRemove } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const keep = (): void => {
    if (draft !== null && draft.trim() !== '' && draft !== task.title) onChange({ title: draft.trim() });
    setDraft(null);
  };
  const isDone = task.status === 'done';
  return (
    <li className={`task ${task.status}`} style={hueOf(project)}>
      <input
        type="checkbox"
        checked={isDone}
        aria-label={`Done: ${task.title}`}
        onChange={() => onChange({ status: isDone ? 'open' : 'done' })}
      />
      <div className="task-text">
        <input
          className="title"
          aria-label="Title"
          value={draft ?? task.title}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            if (event.key === 'Escape') setDraft(null);
          }}
        />
        {task.notes !== '' && <p className="quiet-text">{task.notes}</p>}
      </div>
      <span className="project-name">{project?.name}</span>
      <button
        type="button"
        className="icon-button"
        aria-pressed={task.isPinned}
        aria-label={`Pin: ${task.title}`}
        onClick={() => onChange({ isPinned: !task.isPinned })}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 1.8l1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6z" />
        </svg>
      </button>
      <button type="button" className="icon-button" aria-label={`Remove: ${task.title}`} onClick={onRemove}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M4 4l8 8M12 4l-8 8" />
        </svg>
      </button>
    </li>
  );
}
