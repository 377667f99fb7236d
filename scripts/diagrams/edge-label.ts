import type { ChartEdge, ChartTransition } from '../../stories/charts/chart-graph.ts';

const MOST_LINES = 4;

const withGuard = ({ event, guard }: ChartTransition): string => (guard === null ? event : `${event} [${guard}]`);

/** Several names a line, as far as they fit in. */
function inLines(names: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    const longer = last === undefined ? name : `${last}, ${name}`;
    if (last === undefined || longer.length > width) lines.push(name);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/**
 * What is written on a line: events with their guards, or, where that would be long, the events alone. Of a bundle
 * the events and from how many states it comes.
 */
export function labelOf({ kind, transitions }: ChartEdge): string[] {
  const events = [...new Set(transitions.map(({ event }) => event))];
  if (kind === 'bundle') return inLines(events, 26);
  const full = [...new Set(transitions.map(withGuard))];
  return full.length <= MOST_LINES && full.every((line) => line.length < 36) ? full : inLines(events, 26);
}
