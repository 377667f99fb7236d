import { type ChartGraph, type GraphNode, pathOf, waysToEnd, wayTo } from './chart-graph.ts';
import { type ChartPath, type PathStep, pairName, pairsOf } from './chart-path.ts';

/** A transition with the nodes on both sides. */
interface Passage {
  readonly node: GraphNode;
  readonly step: PathStep;
  readonly target: GraphNode;
}

const passagesOf = (graph: ChartGraph): Passage[] =>
  graph.nodes.flatMap((node) => node.out.map(({ step, node: target }) => ({ node, step, target })));

const byDepth = (a: { readonly node: GraphNode }, b: { readonly node: GraphNode }): number =>
  a.node.depth - b.node.depth;

/** The guard of an edge, out of its name. */
const guardOf = (edge: string): string => /\[(.*)\]/.exec(edge)?.[1] ?? '';

/**
 * For every transition that is taken only so many times: a path that takes it once, one that takes it as often as it
 * may be taken, and one that asks for it once more.
 */
export function retryPaths(graph: ChartGraph): readonly ChartPath[] {
  const { limits } = graph.model;
  const toEnd = waysToEnd(graph);
  const passages = passagesOf(graph).sort(byDepth);
  const whole = ({ node, step, target }: Passage): ChartPath => pathOf(graph, [...wayTo(node), step, ...toEnd(target)]);
  const paths: ChartPath[] = [];
  for (const edge of [...graph.edges].filter((name) => limits[guardOf(name)] !== undefined)) {
    const counter = limits[guardOf(edge)] as string;
    const taken = passages.filter(({ step }) => step.edge === edge);
    const counts = taken.map(({ node }) => Number(node.context[counter]));
    const [lowest, highest] = [Math.min(...counts), Math.max(...counts)];
    const refused = passages.find(
      ({ node, step }) =>
        step.from === taken[0]?.step.from &&
        step.name === taken[0]?.step.name &&
        step.edge !== edge &&
        node.context[counter] === highest + 1,
    );
    const once = taken.find(({ node }) => node.context[counter] === lowest);
    const last = taken.find(({ node }) => node.context[counter] === highest);
    for (const passage of [once, last, refused]) if (passage !== undefined) paths.push(whole(passage));
  }
  return paths;
}

/**
 * Paths that take the pairs of transitions that are still wanted, each by the shortest way that is possible.
 * @param wanted names of pairs; those that the paths cover are removed from it, so what is left cannot be had
 */
export function pairPaths(
  graph: ChartGraph,
  wanted: Set<string>,
  isPossible: (path: ChartPath) => boolean,
): readonly ChartPath[] {
  const toEnd = waysToEnd(graph);
  const ways = new Map<
    string,
    { readonly node: GraphNode; readonly steps: PathStep[]; readonly target: GraphNode }[]
  >();
  for (const { node, step, target } of passagesOf(graph).sort(byDepth)) {
    for (const next of target.out) {
      const name = pairName(step, next.step);
      const known = ways.get(name) ?? [];
      ways.set(name, known);
      known.push({ node, steps: [step, next.step], target: next.node });
    }
  }
  const paths: ChartPath[] = [];
  for (const pair of [...wanted]) {
    if (!wanted.has(pair)) continue;
    for (const { node, steps, target } of ways.get(pair) ?? []) {
      const path = pathOf(graph, [...wayTo(node), ...steps, ...toEnd(target)]);
      if (!isPossible(path)) continue;
      paths.push(path);
      for (const covered of pairsOf(path)) wanted.delete(covered);
      break;
    }
  }
  return paths;
}
