import type { RollbackStatus } from '../../src/index.ts';
import type { StateMeta } from '../../src/machines/chart.ts';
import type { AnyContext, ExecutionView } from '../../src/runtime/execution/types.ts';
import { questionOf } from '../../src/runtime/question.ts';
import { statusOf } from '../../src/runtime/status.ts';
import { chartGraph } from '../charts/chart-graph.ts';
import { type ChartId, chartOf } from '../charts/charts.ts';
import { type Position, waysToStates } from '../charts/playing.ts';

const cache = new Map<ChartId, ReturnType<typeof waysToStates>>();

function waysIn(id: ChartId): ReturnType<typeof waysToStates> {
  const known = cache.get(id) ?? waysToStates(id);
  cache.set(id, known);
  return known;
}

/** The states that were passed on the way to a state, itself the last. */
export function wayTo(id: ChartId, state: string): readonly Position[] {
  const way = waysIn(id).get(state);
  if (way === undefined) throw new Error(`The ${id} chart never comes to "${state}".`);
  return way;
}

/** What people are shown in a state: the chart's own memory there, as the runtime words it. */
export async function statusInState(id: ChartId, state: string): Promise<RollbackStatus> {
  const way = wayTo(id, state);
  const { snapshot } = way.at(-1) as Position;
  const meta = chartGraph(chartOf(id).machine).states.find((one) => one.id === state)?.meta as StateMeta;
  const longest = Math.max(...[...waysIn(id).values()].map(({ length }) => length));
  const view: ExecutionView = {
    id,
    run: `${id}-1`,
    value: snapshot.value as ExecutionView['value'],
    context: snapshot.context as AnyContext,
    meta,
    part: meta.stage === 'COMPLETED' ? 1 : (way.length - 1) / longest,
    activeMs: way.length * 400,
  };
  return statusOf(view, await questionOf(view), id === 'migration' ? 'NOT_STARTED' : 'MIGRATED');
}
