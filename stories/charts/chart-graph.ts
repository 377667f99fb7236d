import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { StateMeta } from '../../src/machines/chart.ts';

/** One branch of one event in one state. `target` is `null` where the chart stays as it is. */
export interface ChartTransition {
  readonly source: string;
  readonly target: string | null;
  readonly event: string;
  readonly guard: string | null;
}

/** A state by its dotted path; a part is a state that has states of its own. */
export interface ChartState {
  readonly id: string;
  readonly key: string;
  readonly parent: string | null;
  readonly kind: 'part' | 'state' | 'end';
  readonly label: string;
  readonly meta: StateMeta | null;
  /** What the runtime is asked to do when the state is entered. */
  readonly command: string | null;
  /** Whether its parent, or the chart, begins here. */
  readonly beginning: 'beginning' | 'later';
  /** Whether it does its command once more after a passing fault. */
  readonly again: 'again' | 'never';
}

/**
 * What is drawn as one line: all transitions between two states (`way`), or those that lead out of a part to the same
 * state from several of its states (`bundle`).
 */
export interface ChartEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly kind: 'way' | 'bundle';
  readonly transitions: readonly ChartTransition[];
}

/** A chart as a graph, made from its own definition: what is drawn is what runs. */
export interface ChartGraph {
  readonly states: readonly ChartState[];
  readonly transitions: readonly ChartTransition[];
  readonly edges: readonly ChartEdge[];
}

const idOf = (node: AnyStateNode): string => node.path.join('.');

const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

const inWords = (key: string): string =>
  key.replace(/^./, (first) => first.toUpperCase()).replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);

const nameOf = (guard: unknown): string | null =>
  guard === undefined ? null : typeof guard === 'string' ? guard : String((guard as { type?: string }).type);

function commandOf(node: AnyStateNode): string | null {
  const run = node.entry.find((action) => (action as { type?: string }).type === 'run');
  return (run as { params?: { command?: string } } | undefined)?.params?.command ?? null;
}

const transitionsOf = (node: AnyStateNode): ChartTransition[] =>
  [...node.transitions.values()].flat().map((transition) => ({
    source: idOf(node),
    target: transition.target === undefined ? null : idOf(transition.target[0] as AnyStateNode),
    event: transition.eventType,
    guard: nameOf(transition.guard),
  }));

function stateOf(node: AnyStateNode): ChartState {
  const inner = childrenOf(node).length > 0;
  const parent = node.parent as AnyStateNode;
  const meta = (node.meta ?? null) as StateMeta | null;
  const isFirst = parent.initial.target?.[0] === node;
  return {
    id: idOf(node),
    key: node.key,
    parent: parent.parent === undefined ? null : idOf(parent),
    kind: inner ? 'part' : node.type === 'final' ? 'end' : 'state',
    label: meta?.label ?? inWords(node.key),
    meta,
    command: commandOf(node),
    beginning: isFirst ? 'beginning' : 'later',
    again: transitionsOf(node).some(({ guard }) => guard === 'canRetry') ? 'again' : 'never',
  };
}

const isWithin = (id: string, part: string): boolean => id === part || id.startsWith(`${part}.`);

function grouped(transitions: readonly ChartTransition[]): ChartEdge[] {
  const groups = new Map<string, ChartTransition[]>();
  for (const transition of transitions) {
    const { source, target } = transition;
    if (target === null || target === source) continue;
    const id = `${source} -> ${target}`;
    groups.set(id, [...(groups.get(id) ?? []), transition]);
  }
  return [...groups].map(([id, group]) => {
    const { source, target } = group[0] as ChartTransition;
    return { id, source, target: target as string, kind: 'way', transitions: group };
  });
}

const UNWANTED = new Set(['FAILED', 'CANCEL', 'TRIGGERED', 'OWNERSHIP_LOST', 'RESUMED', 'BUSY']);

/** Whether a line is taken only by what nobody hopes for: faults, cancelling, crashes. */
export const isAside = ({ transitions }: { readonly transitions: readonly ChartTransition[] }): boolean =>
  transitions.every(({ event }) => UNWANTED.has(event));

/** Lines from several states of a part to one state outside of it are drawn as one, from the part's border. */
function bundled(edges: readonly ChartEdge[], parts: readonly string[]): ChartEdge[] {
  let left = [...edges];
  const bundles: ChartEdge[] = [];
  for (const part of parts) {
    const leaving = left.filter(({ source, target }) => isWithin(source, part) && !isWithin(target, part));
    for (const target of new Set(leaving.map((edge) => edge.target))) {
      const members = leaving.filter((edge) => edge.target === target);
      if (members.length < 2 || (members.length < 3 && !members.every(isAside))) continue;
      left = left.filter((edge) => !members.includes(edge));
      const transitions = members.flatMap((edge) => edge.transitions);
      bundles.push({ id: `${part} => ${target}`, source: part, target, kind: 'bundle', transitions });
    }
  }
  return [...left, ...bundles];
}

const graphs = new WeakMap<AnyStateMachine, ChartGraph>();

/** The graph of a chart. Transitions that stay in their state are not edges; outline and marks tell of them. */
export function chartGraph(machine: AnyStateMachine): ChartGraph {
  const known = graphs.get(machine) ?? graphOf(machine);
  graphs.set(machine, known);
  return known;
}

function graphOf({ root }: AnyStateMachine): ChartGraph {
  const all = (node: AnyStateNode): AnyStateNode[] => [node, ...childrenOf(node).flatMap(all)];
  const nodes = all(root).slice(1);
  const states = nodes.map(stateOf);
  const transitions = all(root).flatMap(transitionsOf);
  const parts = states.filter(({ kind }) => kind === 'part').map(({ id }) => id);
  return { states, transitions, edges: bundled(grouped(transitions), parts) };
}
