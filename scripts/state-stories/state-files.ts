import { chartGraph } from '../../stories/charts/chart-graph.ts';
import type { NamedChart } from '../../stories/charts/charts.ts';
import type { MadeFile } from '../made-files.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const exportName = (state: string): string =>
  state
    .split('.')
    .map((key) => key.replace(/^./, (first) => first.toUpperCase()))
    .join('');

/** The stories of a chart's states: one for each state in which it can rest. Storybook lists what it can read. */
export function stateFile({ id, slug, title, machine }: NamedChart): MadeFile {
  const states = chartGraph(machine).states.filter(({ kind }) => kind !== 'part');
  const stories = states.map(({ id: state, key, label }) =>
    [
      `export const ${exportName(state)}: StoryObj = {`,
      `  ...stateStory(${quoted(id)}, ${quoted(state)}),`,
      `  name: ${quoted(`${label} · ${key}`)},`,
      '};',
    ].join('\n'),
  );
  const text = [
    '// Made from the chart by `npm run state-stories`: one story for each of its states.',
    "import type { Meta, StoryObj } from '@storybook/react-vite';",
    "import { stateStory, statesMeta } from './state-story.tsx';",
    '',
    `const meta: Meta = { ...statesMeta, title: ${quoted(`States/${title}`)} };`,
    '',
    'export default meta;',
    '',
    ...stories,
    '',
  ].join('\n');
  return { path: `stories/states/${slug}.stories.tsx`, text };
}

/** How many states a chart can rest in. */
export const countStates = ({ machine }: NamedChart): number =>
  chartGraph(machine).states.filter(({ kind }) => kind !== 'part').length;
