import type { Lit } from './chart-drawing.tsx';
import type { ChartGraph } from './chart-graph.ts';

/** A state and all parts around it, by their dotted paths. */
export const withParts = (state: string): readonly string[] => {
  const keys = state.split('.');
  return keys.map((_, index) => keys.slice(0, index + 1).join('.'));
};

/** The state in which a state or part begins, down to the innermost. */
function innermost(graph: ChartGraph, id: string): string {
  const first = graph.states.find(({ parent, beginning }) => parent === id && beginning === 'beginning');
  return first === undefined ? id : innermost(graph, first.id);
}

/** The line that leads from one state to another: the one that begins closest to the first. */
function edgeBetween(graph: ChartGraph, from: string, to: string): string | null {
  const sources = withParts(from);
  const fitting = graph.edges.flatMap(({ id, transitions }) =>
    transitions
      .filter(({ source, target }) => sources.includes(source) && target !== null && innermost(graph, target) === to)
      .map(({ source }) => ({ id, depth: source.length })),
  );
  return fitting.sort((a, b) => b.depth - a.depth)[0]?.id ?? null;
}

/** What is lit of a chart that went through these states, the last one being the present one. */
export function litBy(graph: ChartGraph, states: readonly string[]): Lit {
  const edges = states.slice(1).map((state, index) => edgeBetween(graph, states[index] as string, state));
  return {
    current: new Set(withParts(states.at(-1) ?? '')),
    passedStates: new Set(states),
    passedEdges: new Set(edges.filter((id) => id !== null)),
  };
}
