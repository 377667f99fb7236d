import type { AnyMachineSnapshot } from 'xstate';
import { type ChartModel, type ChartPath, type PathStep, stateName } from './chart-path.ts';
import { beginning, movesFrom, take } from './walk-chart.ts';

/**
 * Every path of a chart from its first state to an end that enters no state twice and takes no shortcut. The moves are taken in the chart
 * itself, so that every guard has its say with the context of this very path. `getSimplePaths` of `xstate/graph` finds
 * the same paths, but it takes one context for all ways into a state unless the whole of it is part of the state, and
 * then takes twenty times as long.
 */
export function simplePaths(model: ChartModel): readonly ChartPath[] {
  const first = beginning(model);
  const start = stateName(first.value);
  const paths: ChartPath[] = [];
  const entered = new Set([start]);
  const steps: PathStep[] = [];
  const follow = (snapshot: AnyMachineSnapshot): void => {
    if (snapshot.status === 'done') paths.push({ chart: model.id, start, steps: [...steps] });
    for (const move of movesFrom(model, snapshot)) {
      if (model.isShortcut?.(move)) continue;
      const taken = take(model, snapshot, move);
      if (taken === null || entered.has(taken.step.to)) continue;
      entered.add(taken.step.to);
      steps.push(taken.step);
      follow(taken.snapshot);
      steps.pop();
      entered.delete(taken.step.to);
    }
  };
  follow(first);
  return paths;
}
