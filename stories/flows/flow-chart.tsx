import { type ReactNode, useMemo } from 'react';
import type { Backpedal } from '../../src/index.ts';
import { chartGraph } from '../charts/chart-graph.ts';
import { placed } from '../charts/chart-layout.ts';
import { ChartView } from '../charts/chart-view.tsx';
import { type ChartId, chartOf } from '../charts/charts.ts';
import { litBy, withParts } from '../charts/trail.ts';
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

/** What people may say to a run at any time; everything else is what became of a command. */
const SAID_BY_PEOPLE: Readonly<Record<string, (client: Backpedal) => Promise<unknown>>> = {
  CANCEL: (client) => client.cancel(),
  UNLOCK: (client) => client.unlock({ reason: 'Unlocked from its chart' }),
};

/** The events that the present state knows. Those that people may send are buttons. */
function PossibleNow({ id, state, ask }: LitProps): ReactNode {
  const graph = chartGraph(chartOf(id).machine);
  const known = state === null ? [] : withParts(state);
  const events = graph.transitions.filter(({ source }) => known.includes(source)).map(({ event }) => event);
  return (
    <p className="possible">
      Possible now: {events.length === 0 ? 'nothing' : null}
      {[...new Set(events)].map((event) => {
        const say = SAID_BY_PEOPLE[event];
        if (say === undefined || ask === null) return <code key={event}>{event}</code>;
        return (
          <button key={event} type="button" className="plain-button" onClick={() => ask(event, say)}>
            {event}
          </button>
        );
      })}
    </p>
  );
}

interface LitProps {
  readonly id: ChartId;
  readonly state: string | null;
  /** Says something to the run; `null` at an earlier moment. */
  readonly ask: ((event: string, say: (client: Backpedal) => Promise<unknown>) => void) | null;
}

function Lit({ id, states, ask }: Omit<LitProps, 'state'> & { readonly states: readonly string[] }): ReactNode {
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
      <PossibleNow id={id} state={current} ask={ask} />
      <ChartView title={title} layout={layout} lit={litBy(graph, states)} follow={current} height={380} />
    </section>
  );
}

/** The charts of a flow, lit: where each is now, and the way it has taken. The latest comes first. */
export function FlowCharts({
  scene,
  tab,
  ask,
}: {
  readonly scene: Scene;
  readonly tab: string;
  readonly ask: LitProps['ask'];
}): ReactNode {
  const trails = [...chartsOf(scene.tabs[tab]?.trail ?? [])].reverse().slice(0, 2);
  if (trails.length === 0) return <Lit id="rollback" states={[]} ask={ask} />;
  return (
    <div className="flow-charts">
      {trails.map(([id, states]) => (
        <Lit key={id} id={id} states={states} ask={ask} />
      ))}
    </div>
  );
}
