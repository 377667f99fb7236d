import type { ReactNode } from 'react';
import './chart.css';
import type { ChartGraph, ChartState, ChartTransition } from './chart-graph.ts';

/** A transition in words: event, condition, and where it leads. */
export function transitionText(
  { event, guard, source, target }: ChartTransition,
  states: readonly ChartState[],
): ReactNode {
  const label = states.find(({ id }) => id === target)?.label;
  const way = target === null ? 'stays' : target === source ? 'begins it once more' : `to “${label}”`;
  return (
    <>
      <code>{event}</code>
      {guard === null ? null : (
        <>
          {' if '}
          <code>{guard}</code>
        </>
      )}{' '}
      {way}
    </>
  );
}

interface BranchProps {
  readonly graph: ChartGraph;
  readonly parent: string | null;
  readonly current: ReadonlySet<string>;
}

function Branch({ graph, parent, current }: BranchProps): ReactNode {
  const states = graph.states.filter((state) => state.parent === parent);
  return (
    <ul>
      {states.map((state) => (
        <li key={state.id}>
          <details
            className={current.has(state.id) ? 'lit' : undefined}
            open={state.kind === 'part' || current.has(state.id)}
          >
            <summary aria-current={current.has(state.id) ? 'step' : undefined}>
              {state.label} <code>{state.key}</code>
            </summary>
            {state.meta === null ? null : <p>{state.meta.description}</p>}
            <Transitions graph={graph} source={state.id} />
            {state.kind === 'part' ? <Branch graph={graph} parent={state.id} current={current} /> : null}
          </details>
        </li>
      ))}
    </ul>
  );
}

function Transitions({ graph, source }: { readonly graph: ChartGraph; readonly source: string }): ReactNode {
  const leaving = graph.transitions.filter((transition) => transition.source === source);
  if (leaving.length === 0) return null;
  return (
    <ul aria-label="Where it leads">
      {leaving.map((transition) => (
        <li key={`${transition.event} ${transition.guard} ${transition.target}`}>
          {transitionText(transition, graph.states)}
        </li>
      ))}
    </ul>
  );
}

const NONE: ReadonlySet<string> = new Set();

/** A chart as a nested list that says everything the drawing shows. */
export function ChartOutline({
  title,
  graph,
  current = NONE,
}: {
  readonly title: string;
  readonly graph: ChartGraph;
  readonly current?: ReadonlySet<string>;
}): ReactNode {
  return (
    <nav className="chart-outline" aria-label={`Outline of ${title}`}>
      <Branch graph={graph} parent={null} current={current} />
    </nav>
  );
}
