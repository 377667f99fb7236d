import { type ReactNode, useMemo } from 'react';
import { chartGraph } from '../charts/chart-graph.ts';
import { placed } from '../charts/chart-layout.ts';
import { ChartView } from '../charts/chart-view.tsx';
import { type ChartId, chartOf } from '../charts/charts.ts';
import { litBy } from '../charts/trail.ts';
import type { Footprint, Scene } from '../sandbox/scene.ts';

/** The charts that a tab has been through, each with the states of its latest run. */
function chartsOf(trail: readonly Footprint[]): ReadonlyMap<ChartId, readonly string[]> {
  const latest = new Map<ChartId, { readonly run: string; readonly states: string[] }>();
  for (const { chart, run, state } of trail) {
    const known = latest.get(chart);
    latest.delete(chart);
    latest.set(chart, known?.run === run ? { run, states: [...known.states, state] } : { run, states: [state] });
  }
  return new Map([...latest].map(([chart, { states }]) => [chart, states]));
}

function Lit({ id, states }: { readonly id: ChartId; readonly states: readonly string[] }): ReactNode {
  const { title, machine } = chartOf(id);
  const graph = useMemo(() => chartGraph(machine), [machine]);
  const layout = useMemo(() => placed(id), [id]);
  const current = states.at(-1) ?? null;
  const label = graph.states.find((state) => state.id === current)?.label;
  return (
    <section className="flow-chart" aria-label={`Chart of the ${title}`}>
      <h3>
        {title}: {label ?? 'not begun'}
      </h3>
      <ChartView title={title} layout={layout} lit={litBy(graph, states)} follow={current} height={380} />
    </section>
  );
}

/** The charts of a flow, lit: where each is now, and the way it has taken. The latest comes first. */
export function FlowCharts({ scene, tab }: { readonly scene: Scene; readonly tab: string }): ReactNode {
  const trails = [...chartsOf(scene.tabs[tab]?.trail ?? [])].reverse().slice(0, 2);
  if (trails.length === 0) return <Lit id="rollback" states={[]} />;
  return (
    <div className="flow-charts">
      {trails.map(([id, states]) => (
        <Lit key={id} id={id} states={states} />
      ))}
    </div>
  );
}
