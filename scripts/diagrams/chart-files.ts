import { toMermaid } from '../../src/machines/index.ts';
import { chartGraph } from '../../stories/charts/chart-graph.ts';
import { placed } from '../../stories/charts/chart-layout.ts';
import type { NamedChart } from '../../stories/charts/charts.ts';
import { chartSvg } from './chart-svg.ts';
import { layOut } from './lay-out.ts';

/** A file that is made from a chart, by its path from the project's root. */
export interface ChartFile {
  readonly path: string;
  readonly text: string;
}

/** Everything that is drawn of a chart: the places for Storybook, and for documents a picture and Mermaid source. */
export async function chartFiles({ id, slug, title, machine }: NamedChart): Promise<readonly ChartFile[]> {
  const geometry = await layOut(chartGraph(machine));
  return [
    { path: `stories/charts/layouts/${slug}.json`, text: `${JSON.stringify(geometry)}\n` },
    { path: `docs/charts/${slug}.svg`, text: chartSvg(title, placed(id, geometry)) },
    { path: `docs/charts/${slug}.mmd`, text: toMermaid(machine) },
  ];
}
