import { type ChartEdge, type ChartState, chartGraph } from './chart-graph.ts';
import { type ChartId, chartOf } from './charts.ts';
import crashRecovery from './layouts/crash-recovery.json' with { type: 'json' };
import emergencyRecovery from './layouts/emergency-recovery.json' with { type: 'json' };
import migration from './layouts/migration.json' with { type: 'json' };
import rollback from './layouts/rollback.json' with { type: 'json' };

/** A place and a size in pixels, from the upper left corner of the drawing. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A corner of a line. */
export type Point = Pick<Box, 'x' | 'y'>;

/** Text in lines. */
export interface Lines {
  readonly lines: readonly string[];
}

/** Where everything of a chart is drawn, by the ids of its states and edges; found by `npm run diagrams`. */
export interface ChartGeometry {
  readonly width: number;
  readonly height: number;
  readonly states: Readonly<Record<string, Box & Lines>>;
  readonly edges: Readonly<Record<string, { readonly points: readonly Point[]; readonly label: Box & Lines }>>;
}

/** A state where it is drawn. */
export interface PlacedState extends ChartState, Box, Lines {}

/** A line with its corners and its label. */
export interface PlacedEdge extends ChartEdge {
  readonly points: readonly Point[];
  readonly label: Box & Lines;
}

/** A chart with a place for everything. */
export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  readonly edges: readonly PlacedEdge[];
}

const geometries: Readonly<Record<ChartId, ChartGeometry>> = { migration, rollback, emergencyRecovery, crashRecovery };

function placeOf<T>(places: Readonly<Record<string, T>>, id: string): T {
  const place = places[id];
  if (place === undefined) throw new Error(`There is no place for "${id}" in the drawing: run npm run diagrams.`);
  return place;
}

/**
 * A chart's own definition, with the places that were found for it.
 * @throws Error when the definition has something that the geometry does not know
 */
export function placed(id: ChartId, geometry: ChartGeometry = geometries[id]): ChartLayout {
  const { states, edges } = chartGraph(chartOf(id).machine);
  return {
    width: geometry.width,
    height: geometry.height,
    states: states.map((state) => ({ ...state, ...placeOf(geometry.states, state.id) })),
    edges: edges.map((edge) => ({ ...edge, ...placeOf(geometry.edges, edge.id) })),
  };
}
