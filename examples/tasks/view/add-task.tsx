import { type FormEvent, type ReactElement, useState } from 'react';

/** One line in which a task is written down. */
export function AddTask({ onAdd }: { readonly onAdd: (title: string) => void }): ReactElement {
  const [title, setTitle] = useState('');
  const add = (event: FormEvent): void => {
    event.preventDefault();
    if (title.trim() === '') return;
    onAdd(title.trim());
    setTitle('');
  };
  return (
    <form className="add-task" onSubmit={add}>
      <input
        aria-label="New task"
        placeholder="What has to be done?"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <button type="submit" className="button primary">
        Add
      </button>
    </form>
  );
}
