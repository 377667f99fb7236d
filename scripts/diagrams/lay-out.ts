import elk, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { ChartEdge, ChartGraph, ChartState } from '../../stories/charts/chart-graph.ts';
import type { Box, ChartGeometry } from '../../stories/charts/chart-layout.ts';
import { monoWidth, textWidth, wrapped } from '../../stories/charts/text-size.ts';
import { labelOf } from './edge-label.ts';

const TITLE = 13;
const KEY = 11;
const EVENT = 10.5;
const EVENT_LINE = 14;

const options: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.layered.cycleBreaking.strategy': 'GREEDY',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.spacing.nodeNode': '34',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.padding': '[top=44,left=20,bottom=20,right=20]',
};

function sizeOf({ label, key }: ChartState): {
  readonly lines: string[];
  readonly width: number;
  readonly height: number;
} {
  const lines = wrapped(label, TITLE, 185);
  const widest = Math.max(...lines.map((line) => textWidth(line, TITLE)), monoWidth(key, KEY) + 42);
  return { lines, width: Math.ceil(widest + 30), height: 18 + lines.length * 17 + 15 };
}

function nodesWithin(graph: ChartGraph, parent: string | null): ElkNode[] {
  return graph.states
    .filter((state) => state.parent === parent)
    .map((state) => {
      if (state.kind !== 'part') {
        const { width, height } = sizeOf(state);
        return { id: state.id, width, height };
      }
      return { id: state.id, layoutOptions: { ...options }, children: nodesWithin(graph, state.id) };
    });
}

/** Lines lead downwards where the definition has the states in that order. */
function lineOf(edge: ChartEdge, order: readonly string[]): ElkExtendedEdge {
  const lines = labelOf(edge);
  const width = Math.ceil(Math.max(...lines.map((line) => monoWidth(line, EVENT))) + 12);
  return {
    id: edge.id,
    sources: [edge.source],
    targets: [edge.target],
    layoutOptions: {
      'elk.layered.priority.direction': order.indexOf(edge.source) < order.indexOf(edge.target) ? '20' : '1',
    },
    labels: [
      {
        text: lines.join('\n'),
        width,
        height: lines.length * EVENT_LINE + 5,
        layoutOptions: { 'elk.edgeLabels.placement': 'CENTER', 'elk.edgeLabels.inline': 'true' },
      },
    ],
  };
}

const rounded = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({
  x: Math.round(x),
  y: Math.round(y),
  width: Math.round(width),
  height: Math.round(height),
});

type Line = ChartGeometry['edges'][string];

function placeOfLine(line: ElkExtendedEdge): Line {
  const section = line.sections?.[0];
  const label = line.labels?.[0];
  if (section === undefined || label === undefined) throw new Error(`No way was found for the line "${line.id}".`);
  const corners = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
  return {
    points: corners.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })),
    label: { ...rounded(label), lines: (label.text ?? '').split('\n') },
  };
}

const nodesOf = (node: ElkNode): ElkNode[] => [node, ...(node.children ?? []).flatMap(nodesOf)];

/** Finds a place for every state and every line of a chart. The same chart is always laid out in the same way. */
export async function layOut(graph: ChartGraph): Promise<ChartGeometry> {
  const order = graph.states.map(({ id }) => id);
  const laid = await new elk.default().layout({
    id: 'chart',
    layoutOptions: { ...options },
    children: nodesWithin(graph, null),
    edges: graph.edges.map((edge) => lineOf(edge, order)),
  } as ElkNode);
  const boxes = new Map(nodesOf(laid).map((node) => [node.id, node]));
  const states = graph.states.map((state) => {
    const lines = state.kind === 'part' ? [state.label] : sizeOf(state).lines;
    return [state.id, { ...rounded(boxes.get(state.id) ?? {}), lines }] as const;
  });
  return {
    width: Math.ceil(laid.width ?? 0),
    height: Math.ceil(laid.height ?? 0),
    states: Object.fromEntries(states),
    edges: Object.fromEntries((laid.edges ?? []).map((line) => [line.id, placeOfLine(line)])),
  };
}
