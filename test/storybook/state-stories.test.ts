import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { outOfDate } from '../../scripts/made-files.ts';
import { countStates, stateFile } from '../../scripts/state-stories/state-files.ts';
import { screenOf } from '../../src/ui/rollback-screen-view.tsx';
import { chartGraph } from '../../stories/charts/chart-graph.ts';
import { charts } from '../../stories/charts/charts.ts';
import { statusInState, wayTo } from '../../stories/states/state-status.ts';

const leaves = (chart: (typeof charts)[number]): readonly string[] =>
  chartGraph(chart.machine)
    .states.filter(({ kind }) => kind !== 'part')
    .map(({ id }) => id);

describe.each(charts)('stories of the states of $id', (chart) => {
  it('SB1 every state has one story', () => {
    const text = readFileSync(`stories/states/${chart.slug}.stories.tsx`, 'utf8');
    const told = [...text.matchAll(/stateStory\('(\w+)', '([\w.]+)'\)/g)];
    expect(told.map(([, id]) => id)).toEqual(leaves(chart).map(() => chart.id));
    expect(told.map(([, , state]) => state)).toEqual(leaves(chart));
    expect(countStates(chart)).toBe(told.length);
  });

  it('SB2 every state is shown with the memory that the chart has when it comes there', async () => {
    for (const state of leaves(chart)) {
      expect(wayTo(chart.id, state).at(-1)?.state, state).toBe(state);
      const status = await statusInState(chart.id, state);
      expect(status.state, state).toBe(state);
      expect(status.currentStep, state).not.toBe('');
      const asks = chartGraph(chart.machine).states.find(({ id }) => id === state)?.meta?.waitsFor === 'person';
      expect(screenOf(status) === 'question', state).toBe(asks);
    }
  });
});

it('SB1 a state that is added is noticed until it has a story', () => {
  const [chart] = charts;
  if (chart === undefined) throw new Error('There are no charts.');
  const machine = createMachine({ initial: 'old', states: { old: { on: { GO: 'added' } }, added: {} } });
  const files = [stateFile(chart), { ...stateFile({ ...chart, machine }) }];
  expect(outOfDate(files.slice(0, 1), '.')).toEqual([]);
  expect(outOfDate(files.slice(1), '.')).toEqual([`stories/states/${chart.slug}.stories.tsx`]);
});

it('SB2 a state that its chart never comes to has no story, but an error', () => {
  expect(() => wayTo('rollback', 'nowhere')).toThrow('The rollback chart never comes to "nowhere".');
});
