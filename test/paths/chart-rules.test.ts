import { describe, expect, it } from 'vitest';
import { transition } from 'xstate';
import { rollbackMachine } from '../../src/machines/index.ts';
import { type ChartModel, createPathRunner, migrationModel, pathName, rollbackModel } from '../../src/testing/index.ts';
import {
  type ChartGraph,
  exploreChart,
  type GraphNode,
  pathOf,
  waysToEnd,
  wayTo,
} from '../../src/testing/paths/chart-graph.ts';
import type { ChartPath, PathStep } from '../../src/testing/paths/chart-path.ts';

const graphs = new Map<string, ChartGraph>();

function graphOf(model: ChartModel): ChartGraph {
  const known = graphs.get(model.id) ?? exploreChart(model);
  graphs.set(model.id, known);
  return known;
}

interface Taken {
  readonly node: GraphNode;
  readonly step: PathStep;
  readonly next: GraphNode;
}

/** Every transition that a chart can take, with everything that guards can tell apart. */
const all = (model: ChartModel): readonly Taken[] =>
  graphOf(model).nodes.flatMap((node) => node.out.map(({ step, node: next }) => ({ node, step, next })));

const ofType = (model: ChartModel, type: string): readonly Taken[] =>
  all(model).filter(({ step }) => step.event.type === type);

/** Where a kind of event leads from each state. */
function targets(taken: readonly Taken[]): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, Set<string>> = {};
  for (const { step } of taken) {
    found[step.from] ??= new Set();
    found[step.from]?.add(step.to);
  }
  return Object.fromEntries(Object.entries(found).map(([from, to]) => [from, [...to].sort()]));
}

const PREPARING = ['inspecting', 'deciding', 'locking', 'stopping', 'loadingBackup', 'standingDown'];
const EXECUTING = [
  'clearingDatabase',
  'resolvingClear',
  'invalidatingCache',
  'reclaiming',
  'preparingRestore',
  'restoringStorage',
];
const UNDOING = ['undoingClear', 'undoingRestore'];

/** The path whose steps have these names, after the shortest way to where the first of them can be taken. */
function pathThrough(model: ChartModel, from: string, names: readonly string[]): ChartPath {
  const graph = graphOf(model);
  const toEnd = waysToEnd(graph);
  // What a run is taken up for is decided by what is found, which no script brings about.
  const isScripted = (one: GraphNode): boolean => !wayTo(one).some(({ name }) => name.startsWith('RESUMED '));
  let node = graph.nodes.find((one) => one.state === from && isScripted(one)) as GraphNode;
  const steps = wayTo(node);
  for (const name of names) {
    const taken = node.out.find(({ step }) => step.name === name);
    if (taken === undefined) throw new Error(`There is no ${name} in ${node.state}.`);
    steps.push(taken.step);
    node = taken.node;
  }
  return pathOf(graph, [...steps, ...toEnd(node)]);
}

async function failuresOf(path: ChartPath): Promise<readonly string[]> {
  const { failures } = await createPathRunner().run(path);
  return failures.map((failure) => `${pathName(path)}: ${failure}`);
}

describe.each([rollbackModel, migrationModel])('the $id', (model) => {
  it(`TR6 a transient fault is tried again three times in every state of the ${model.id}, and then no more`, () => {
    const states = new Set<string>();
    for (const { node, step } of all(model).filter((one) => one.step.name === 'FAILED transient')) {
      const attempts = Number(node.context.attempts);
      const again = step.from === step.to && step.edge.includes('[canRetry]');
      expect(again, `${step.edge} after ${attempts} attempts`).toBe(attempts < 3);
      if (attempts === 3) states.add(step.from);
    }
    const withCommands = new Set(ofType(model, 'FAILED').map(({ step }) => step.from));
    expect(states).toEqual(withCommands);
  });

  it(`RB12 the ${model.id} leaves safe mode by being unlocked and by nothing else`, () => {
    const leaving = all(model).filter(({ step }) => step.from === 'safeMode' && step.to !== 'safeMode');
    expect(new Set(leaving.map(({ step }) => `${step.name} ${step.to}`))).toEqual(new Set(['UNLOCK unlocked']));
  });
});

describe('the rollback', () => {
  it('RB23 cancelling ends it before Clear Database, undoes it until the restore is verified, and is refused afterwards', () => {
    const found = targets(ofType(rollbackModel, 'CANCEL'));
    for (const state of PREPARING) expect(found[state], state).toEqual(['releasing']);
    for (const state of EXECUTING)
      for (const target of found[state] ?? ['none']) expect(UNDOING, state).toContain(target);
    expect(Object.keys(found).sort()).toEqual([...PREPARING, ...EXECUTING].sort());
  });

  it('RB10 whatever is given up once a burst may have been written undoes the restore first', () => {
    const prepared = all(rollbackModel).filter(({ node }) => node.context.effect === 'restoring');
    const undone = prepared.filter(({ step }) => UNDOING.includes(step.to) && !UNDOING.includes(step.from));
    expect(new Set(undone.map(({ step }) => step.to))).toEqual(new Set(['undoingRestore']));
    const direct = prepared.filter(({ step, next }) => step.to === 'releasing' && next.context.outcome === 'unchanged');
    expect(new Set(direct.map(({ step }) => step.from))).toEqual(new Set(['undoingClear']));
  });

  it('RB10 nothing is called unchanged while rows are out of their tables', () => {
    const ended = all(rollbackModel).filter(({ next }) => next.state === 'unchanged');
    expect(new Set(ended.map(({ next }) => next.context.effect))).toEqual(new Set(['none']));
  });

  it('TR4 a trigger stops it before Clear Database and is a warning afterwards', () => {
    const taken = ofType(rollbackModel, 'TRIGGERED');
    const found = targets(taken);
    for (const state of PREPARING) expect(found[state], state).toEqual(['releasing']);
    for (const state of EXECUTING) expect(found[state], state).toEqual([state]);
    for (const { step, node, next } of taken.filter((one) => EXECUTING.includes(one.step.from))) {
      expect(next.context.failure, step.edge).toEqual(node.context.failure);
      expect(next.context.outcome).toBeNull();
    }
  });

  it('RB14 an unknown outcome of Clear Database is looked up, and what is found decides', () => {
    expect(targets(ofType(rollbackModel, 'OUTCOME_UNKNOWN'))).toEqual({ clearingDatabase: ['resolvingClear'] });
    expect(targets(ofType(rollbackModel, 'CLEARED')).resolvingClear).toEqual(['invalidatingCache']);
    expect(targets(ofType(rollbackModel, 'NOT_CLEARED')).resolvingClear).toEqual(['clearingDatabase', 'releasing']);
    for (const { step, next } of all(rollbackModel).filter((one) => one.step.to === 'lockingDown'))
      if (step.from === 'resolvingClear') expect(next.context.outcome).toBe('safeMode');
  });

  it('RB15 a lost lease is fetched again three times and then given up, with what was done undone or kept', () => {
    for (const { node, step } of ofType(rollbackModel, 'OWNERSHIP_LOST')) {
      const fetched = step.edge.includes('[canReclaim]');
      expect(fetched, step.edge).toBe(Number(node.context.reclaims) < 3);
    }
    const late = ofType(rollbackModel, 'OWNERSHIP_LOST').filter(({ step }) => !step.edge.includes('[canReclaim]'));
    expect(targets(late)).toMatchObject({ stopping: ['releasing'], loadingBackup: ['releasing'] });
    expect(targets(late).clearingDatabase).toEqual(['undoingClear']);
  });

  it('RB37 once everything is verified, losing the lease does not make it restore again', () => {
    expect(targets(ofType(rollbackModel, 'OWNERSHIP_LOST')).verifyingData).toEqual(['lockingDown', 'reclaiming']);
    const verified = all(rollbackModel).filter(({ node }) => node.context.outcome === 'rolledBack');
    const states = new Set(verified.map(({ next }) => next.state));
    expect(states).toEqual(new Set(['cleaningState', 'announcing', 'rolledBack']));
  });

  it('RB17 an unusable backup leads to a search, and to people when it finds nothing', () => {
    expect(targets(ofType(rollbackModel, 'BACKUP_UNUSABLE'))).toEqual({
      inspecting: ['recoveringBackup'],
      loadingBackup: ['recoveringBackup'],
    });
    const searching = graphOf(rollbackModel).nodes.filter(({ state }) => state === 'recoveringBackup');
    expect(searching.length).toBeGreaterThan(0);
    for (const { context } of searching) {
      const value = { preparing: 'recoveringBackup' };
      const before = rollbackMachine.resolveState({ value, context: context as never });
      const [after] = transition(rollbackMachine, before, { type: 'NOT_RECOVERED', code: 'BACKUP_NOT_FOUND' });
      expect(after.value).toEqual({ finishing: 'releasing' });
      expect(after.context).toMatchObject({ outcome: 'unchanged', escalation: 3 });
    }
  });

  it('RB35 a failure for good after a death in Clear Database is looked up: done, it goes on; not done, it is unchanged', async () => {
    const died = ['RESUMED', 'FAILED permanent'];
    expect(await failuresOf(pathThrough(rollbackModel, 'clearingDatabase', [...died, 'CLEARED']))).toEqual([]);
    const notDone = [...died, 'NOT_CLEARED', 'FAILED permanent'];
    expect(await failuresOf(pathThrough(rollbackModel, 'clearingDatabase', notDone))).toEqual([]);
  });

  it('RB36 the app works again although the lease of a rollback, or of a migration, cannot be given back', async () => {
    expect(await failuresOf(pathThrough(rollbackModel, 'cleaningState', ['FAILED permanent']))).toEqual([]);
    expect(await failuresOf(pathThrough(migrationModel, 'closing', ['FAILED permanent']))).toEqual([]);
  });
});

describe('the migration', () => {
  it('TR1 every trigger and a cancellation stop it in every working state', () => {
    const working = ['surveying', 'locking', 'stopping', 'backingUp'];
    const copying = ['copyingBatch', 'verifyingCopy', 'takingDigests'];
    for (const type of ['TRIGGERED', 'CANCEL']) {
      const found = targets(ofType(migrationModel, type));
      for (const state of working) expect(found[state], state).toEqual(['releasing']);
      for (const state of copying) expect(found[state], state).toEqual(['discardingCopy']);
      expect(found.clearingSource).toContain('rollingBack');
      expect(Object.keys(found).sort()).toEqual([...working, ...copying, 'clearingSource'].sort());
    }
    expect(targets(ofType(migrationModel, 'BATCH_COPIED')).copyingBatch).toContain('discardingCopy');
  });
});
