import { afterAll, describe, expect, it } from 'vitest';
import {
  type ChartModel,
  type ChartPath,
  coverageOf,
  createPathRunner,
  impossibilities,
  type PathPlan,
  pathName,
  planPaths,
  walkInChart,
} from '../../src/testing/index.ts';
import { stateName } from '../../src/testing/paths/chart-path.ts';

/** Every path that is walked in the chart alone. */
const inChart = ({ simple, retries, loops }: PathPlan): readonly ChartPath[] => [...simple, ...retries, ...loops];

/** Numbers of a plan, a line for each way in which its paths are run. */
function numbersOf(plan: PathPlan, run: readonly ChartPath[]): readonly string[] {
  const { model, states, edges, pairs } = plan.graph;
  const chart = coverageOf(inChart(plan));
  const real = coverageOf(run);
  const reasons = new Map<string, number>();
  for (const { reason } of plan.impossible) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [
    `${plan.simple.length} simple paths, ${plan.retries.length} to and past limits, ${plan.loops.length} through loops`,
    `${inChart(plan).length} walked in the chart: ${chart.states.size} of ${states.size} states, ${chart.edges.size} of ${edges.size} transitions, ${chart.pairs.size} of ${pairs.size} pairs`,
    `${run.length} run with a real client: ${real.states.size} of ${states.size} states, ${real.edges.size} of ${plan.runnableEdges.size} transitions and ${real.pairs.size} of ${plan.runnablePairs.size} pairs that can happen`,
    ...[...reasons].map(([reason, count]) => `${count} cannot happen: ${reason}`),
  ].map((line) => `paths of the ${model.id}: ${line}`);
}

/** The outcome in the context at an end; where a chart only looked there is none. */
function outcomeAt(end: string): string | null {
  if (end === 'done' || end === 'failed') return null;
  return end === 'unlocked' ? 'safeMode' : end;
}

/** How much of a chart may be impossible, or has to be possible, for a real run; parts of 1. */
interface Reality {
  readonly impossiblePaths: number;
  readonly edges: number;
  readonly pairs: number;
}

const MOST: Reality = { impossiblePaths: 0.06, edges: 0.97, pairs: 0.94 };

/** What is tested of the paths of a chart, and under which rules. */
export interface PathSuite {
  readonly model: ChartModel;
  readonly ends: readonly string[];
  /** The rule of the chart's ends, and the rule of its paths with a real client. */
  readonly rules: { readonly ends: string; readonly real: string };
  /** In how many tests the real runs are divided. */
  readonly parts: number;
  readonly reality?: Reality;
}

/** Registers the tests of a chart's paths, and gives the plan, which is made only when a test asks for it. */
export function testPaths({ model, ends, rules, parts, reality = MOST }: PathSuite): () => PathPlan {
  let made: PathPlan | null = null;
  const planned = (): PathPlan => {
    made ??= planPaths(model);
    return made;
  };
  describe('in the chart', () => {
    it(`${rules.ends} every path ends in one of the ends, as the context says`, () => {
      const plan = planned();
      const found = new Set<string>();
      for (const path of inChart(plan)) {
        const { status, value, context } = walkInChart(model, path);
        expect(status, pathName(path)).toBe('done');
        expect(context.outcome, pathName(path)).toBe(outcomeAt(String(value)));
        found.add(stateName(value));
      }
      expect([...found].sort()).toEqual([...ends].sort());
    });

    it(`${rules.ends} the paths take every state, every transition and every pair of transitions`, () => {
      const plan = planned();
      const { states, edges, pairs } = coverageOf(inChart(plan));
      expect(states).toEqual(plan.graph.states);
      expect(edges).toEqual(plan.graph.edges);
      expect([...plan.graph.pairs].filter((pair) => !pairs.has(pair))).toEqual([]);
    });

    it(`${rules.real} what cannot happen to a real run is little, and has its reason`, () => {
      const plan = planned();
      const reasons = impossibilities.filter(({ chart }) => chart === model.id).map(({ reason }) => reason);
      expect(plan.impossible.filter(({ reason }) => !reasons.includes(reason))).toEqual([]);
      expect(plan.impossible.length).toBeLessThan(reality.impossiblePaths * inChart(plan).length);
      expect(plan.runnableEdges.size).toBeGreaterThan(reality.edges * plan.graph.edges.size);
      expect(plan.runnablePairs.size).toBeGreaterThan(reality.pairs * plan.graph.pairs.size);
    });
  });

  const runner = createPathRunner();
  const run: ChartPath[] = [];
  describe('with a real client', () => {
    it.each(Array.from({ length: parts }, (_, part) => part + 1))(
      `${rules.real} each record is the path's, and nothing is mixed, lost or left open (part %i of ${parts})`,
      async (part) => {
        const broken: string[] = [];
        for (const path of planned().runnable.filter((_, index) => index % parts === part - 1)) {
          const { failures } = await runner.run(path);
          run.push(path);
          if (failures.length > 0) broken.push(`${pathName(path)}\n  ${failures.join('\n  ')}`);
        }
        expect(broken).toEqual([]);
      },
    );

    it(`${rules.real} the paths that were run take every state, and every transition and pair that can happen`, () => {
      const plan = planned();
      const { states, edges, pairs } = coverageOf(plan.runnable);
      expect(states).toEqual(plan.graph.states);
      expect(edges).toEqual(plan.runnableEdges);
      expect([...plan.runnablePairs].filter((pair) => !pairs.has(pair))).toEqual([]);
    });

    afterAll(() => {
      for (const line of numbersOf(planned(), run)) console.log(line);
    });
  });
  return planned;
}
