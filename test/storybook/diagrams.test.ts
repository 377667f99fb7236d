import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { chartFiles } from '../../scripts/diagrams/chart-files.ts';
import { layOut } from '../../scripts/diagrams/lay-out.ts';
import { outOfDate } from '../../scripts/made-files.ts';
import { chartGraph } from '../../stories/charts/chart-graph.ts';
import { type Box, placed } from '../../stories/charts/chart-layout.ts';
import { charts } from '../../stories/charts/charts.ts';
import { after, begun, possible } from '../../stories/charts/playing.ts';
import { litBy } from '../../stories/charts/trail.ts';

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

describe.each(charts)('drawing of $id', (chart) => {
  it('SB3 the drawings are those of the chart as it is', async () => {
    expect(outOfDate(await chartFiles(chart), '.')).toEqual([]);
  });

  it('SB4 every transition to another state is part of exactly one line', () => {
    const { transitions, edges } = chartGraph(chart.machine);
    const drawn = edges.flatMap((edge) => edge.transitions);
    const leading = transitions.filter(({ source, target }) => target !== null && target !== source);
    expect(drawn).toHaveLength(leading.length);
    expect(new Set(drawn)).toEqual(new Set(leading));
  });

  it('SB4 states lie within their parts and beside each other, and everything on the sheet', () => {
    const layout = placed(chart.id);
    const sheet = { x: 0, y: 0, width: layout.width, height: layout.height };
    for (const state of layout.states) {
      const parent = layout.states.find(({ id }) => id === state.parent) ?? sheet;
      expect(isWithin(state, parent), state.id).toBe(true);
      for (const other of layout.states) {
        if (other.parent === state.parent && other.id !== state.id) expect(overlap(state, other), state.id).toBe(false);
      }
    }
    for (const { id, points, label } of layout.edges) {
      expect(points.length, id).toBeGreaterThan(1);
      expect(isWithin(label, sheet), id).toBe(true);
    }
  });

  it('SB5 whatever step is taken, its line is lit, with the state that it leads to', () => {
    const graph = chartGraph(chart.machine);
    const first = begun(chart.id);
    for (const move of possible(chart.id, first)) {
      const next = after(chart.id, first, move);
      const lit = litBy(graph, [first.state, next.state]);
      expect(lit.current.has(next.state), move.name).toBe(true);
      expect(lit.passedEdges.size, move.name).toBe(next.state === first.state ? 0 : 1);
    }
  });
});

it('SB3 a chart that has changed is noticed, and drawn with what is new', async () => {
  const machine = createMachine({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } });
  const geometry = await layOut(chartGraph(machine));
  expect(Object.keys(geometry.states)).toEqual(['a', 'b']);
  expect(Object.keys(geometry.edges)).toEqual(['a -> b']);
  expect(() => placed('rollback', geometry)).toThrow('run npm run diagrams');
});
