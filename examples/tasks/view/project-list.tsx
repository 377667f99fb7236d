import type { CSSProperties, ReactElement } from 'react';
import type { Project, Task } from '../data/model.ts';

/** A project's colour, for style sheets. */
export const hueOf = (project: Project | undefined): CSSProperties =>
  ({ '--hue': project?.hue ?? 220 }) as CSSProperties;

/** All projects, and how much is open in each. */
export function ProjectList(props: {
  readonly projects: readonly Project[];
  readonly tasks: readonly Task[];
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}): ReactElement {
  const { projects, tasks, chosen, onChoose } = props;
  const openIn = (id: string | null): number =>
    tasks.filter((task) => task.status !== 'done' && (id === null || task.projectId === id)).length;
  const entry = (id: string | null, name: string, project?: Project): ReactElement => (
    <li key={id ?? ''}>
      <button
        type="button"
        className="project"
        style={hueOf(project)}
        aria-current={chosen === id ? 'true' : undefined}
        onClick={() => onChoose(id)}
      >
        <span className={project === undefined ? 'dot all' : 'dot'} aria-hidden="true" />
        <span className="name">{name}</span>
        <span className="count">{openIn(id).toLocaleString('en')}</span>
      </button>
    </li>
  );
  return (
    <nav className="projects" aria-label="Projects">
      <ul>
        {entry(null, 'All tasks')}
        {projects.map((project) => entry(project.id, project.name, project))}
      </ul>
    </nav>
  );
}
