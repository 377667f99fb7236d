import type { AnyMachineSnapshot } from 'xstate';
import { type ChartGraph, exploreChart } from './chart-graph.ts';
import { type ChartModel, type ChartPath, pairsOf } from './chart-path.ts';
import { pairPaths, retryPaths } from './loop-paths.ts';
import { obstacleToSequence, obstacleToStep } from './reality.ts';
import { simplePaths } from './simple-paths.ts';
import { walkInChart } from './walk-chart.ts';

/** A path that the chart allows and that no fault can bring about. */
export interface ImpossiblePath {
  readonly path: ChartPath;
  readonly reason: string;
}

/** The paths of a chart, and those of them that can happen to a real run. */
export interface PathPlan {
  readonly graph: ChartGraph;
  /** Every path that enters no state twice. */
  readonly simple: readonly ChartPath[];
  /** Every transition with a limit: once, as often as it may be, and once more. */
  readonly retries: readonly ChartPath[];
  /** What pairs of transitions the others do not contain. */
  readonly loops: readonly ChartPath[];
  /** All of these that can happen to a real run, and those that cover whatever pairs the impossible ones leave. */
  readonly runnable: readonly ChartPath[];
  readonly impossible: readonly ImpossiblePath[];
  /** The pairs of transitions, and the transitions, that can happen to a real run. */
  readonly runnablePairs: ReadonlySet<string>;
  readonly runnableEdges: ReadonlySet<string>;
}

/** Why a path cannot happen to a real run; `null` when it can. */
function obstacleTo(model: ChartModel, path: ChartPath): string | null {
  const contexts: AnyMachineSnapshot['context'][] = [];
  walkInChart(model, path, ({ context }) => contexts.push(context));
  for (const [index, step] of path.steps.entries()) {
    const reason = obstacleToStep(model.id, step, contexts[index] ?? {});
    if (reason !== null) return reason;
  }
  return obstacleToSequence(path);
}

const missingPairs = (graph: ChartGraph, paths: readonly ChartPath[]): Set<string> => {
  const covered = new Set(paths.flatMap(pairsOf));
  return new Set([...graph.pairs].filter((pair) => !covered.has(pair)));
};

/** Plans the paths of a chart: for the chart alone, and for real runs. */
export function planPaths(model: ChartModel): PathPlan {
  const graph = exploreChart(model);
  const simple = simplePaths(model);
  const retries = retryPaths(graph);
  const loops = pairPaths(graph, missingPairs(graph, [...simple, ...retries]), () => true);

  const judged = [...simple, ...retries, ...loops].map((path) => ({ path, reason: obstacleTo(model, path) }));
  const possible = judged.filter(({ reason }) => reason === null).map(({ path }) => path);
  const impossible = judged.filter((one): one is ImpossiblePath => one.reason !== null);
  const real = exploreChart(model, (step, context) => obstacleToStep(model.id, step, context) === null);
  const wanted = missingPairs(real, possible);
  const others = pairPaths(real, wanted, (path) => obstacleToSequence(path) === null);
  return {
    graph,
    simple,
    retries,
    loops,
    runnable: [...possible, ...others],
    impossible,
    runnablePairs: new Set([...real.pairs].filter((pair) => !wanted.has(pair))),
    runnableEdges: real.edges,
  };
}
