import type { AnyMachineSnapshot } from 'xstate';
import { RETRIES } from '../../machines/chart.ts';
import { type ChartModel, type ChartPath, type PathStep, pairName, stateName } from './chart-path.ts';
import { beginning, movesFrom, take } from './walk-chart.ts';

/** A chart in one state, with what its guards look at, counters included. */
export interface GraphNode {
  readonly key: string;
  readonly state: string;
  readonly context: AnyMachineSnapshot['context'];
  /** How this node is reached with the fewest steps; `null` for the first one. */
  readonly reachedBy: { readonly node: GraphNode; readonly step: PathStep } | null;
  readonly depth: number;
  readonly isEnd: boolean;
  readonly out: { readonly step: PathStep; readonly node: GraphNode }[];
}

/** Everything that a chart can do. */
export interface ChartGraph {
  readonly model: ChartModel;
  readonly nodes: readonly GraphNode[];
  readonly states: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
  /** Every pair of transitions of which the second can follow the first. */
  readonly pairs: ReadonlySet<string>;
}

function keyOf(model: ChartModel, snapshot: AnyMachineSnapshot): string {
  // Beyond the limit every number is the same to the guards, and a run may be taken up any number of times.
  const counters = Object.values(model.limits).map((name) => Math.min(Number(snapshot.context[name]), RETRIES));
  return [stateName(snapshot.value), model.facts(snapshot.context), ...counters].join(' ');
}

function pairsAround(nodes: readonly GraphNode[]): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (const { out } of nodes)
    for (const { step, node } of out) for (const next of node.out) pairs.add(pairName(step, next.step));
  return pairs;
}

/**
 * Explores a chart: every state with every value of what its guards look at, breadth first.
 * @param allows whether a step is to be taken at all in a state with this context; default yes
 */
export function exploreChart(
  model: ChartModel,
  allows: (step: PathStep, context: AnyMachineSnapshot['context']) => boolean = () => true,
): ChartGraph {
  const nodes = new Map<string, GraphNode>();
  const queue: { node: GraphNode; snapshot: AnyMachineSnapshot }[] = [];
  const enter = (snapshot: AnyMachineSnapshot, reachedBy: GraphNode['reachedBy']): GraphNode => {
    const key = keyOf(model, snapshot);
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const node: GraphNode = {
      key,
      state: stateName(snapshot.value),
      context: snapshot.context,
      reachedBy,
      depth: reachedBy === null ? 0 : reachedBy.node.depth + 1,
      isEnd: snapshot.status === 'done',
      out: [],
    };
    nodes.set(key, node);
    queue.push({ node, snapshot });
    return node;
  };
  enter(beginning(model), null);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const move of movesFrom(model, next.snapshot)) {
      const taken = take(model, next.snapshot, move);
      if (taken === null || !allows(taken.step, next.snapshot.context)) continue;
      const node = enter(taken.snapshot, { node: next.node, step: taken.step });
      next.node.out.push({ step: taken.step, node });
    }
  }
  const all = [...nodes.values()];
  return {
    model,
    nodes: all,
    states: new Set(all.map(({ state }) => state)),
    edges: new Set(all.flatMap(({ out }) => out.map(({ step }) => step.edge))),
    pairs: pairsAround(all),
  };
}

/** The shortest way to a node. */
export function wayTo(node: GraphNode): PathStep[] {
  const steps: PathStep[] = [];
  for (let at = node.reachedBy; at !== null; at = at.node.reachedBy) steps.unshift(at.step);
  return steps;
}

/** For every node the shortest way to an end, as a function: the steps that are still to be taken. */
export function waysToEnd(graph: ChartGraph): (node: GraphNode) => PathStep[] {
  const into = new Map<GraphNode, { readonly step: PathStep; readonly node: GraphNode }[]>();
  for (const node of graph.nodes) {
    for (const { step, node: target } of node.out) {
      const sources = into.get(target) ?? [];
      into.set(target, sources);
      sources.push({ step, node });
    }
  }
  const onward = new Map<GraphNode, { readonly step: PathStep; readonly node: GraphNode } | null>();
  const queue = graph.nodes.filter(({ isEnd }) => isEnd);
  for (const end of queue) onward.set(end, null);
  for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
    for (const { step, node } of into.get(target) ?? []) {
      if (onward.has(node)) continue;
      onward.set(node, { step, node: target });
      queue.push(node);
    }
  }
  return (node) => {
    const steps: PathStep[] = [];
    for (let next = onward.get(node); next != null; next = onward.get(next.node)) steps.push(next.step);
    return steps;
  };
}

/** A path of a graph's chart from its steps. */
export const pathOf = (graph: ChartGraph, steps: readonly PathStep[]): ChartPath => ({
  chart: graph.model.id,
  start: graph.nodes[0]?.state ?? '',
  steps,
});
