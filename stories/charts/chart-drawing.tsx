import type { ReactNode } from 'react';
import { isAside } from './chart-graph.ts';
import type { ChartLayout, PlacedEdge, PlacedState, Point } from './chart-layout.ts';
import { textWidth } from './text-size.ts';

/** What is lit in a drawing while something runs. */
export interface Lit {
  /** The present state with the parts around it. */
  readonly current: ReadonlySet<string>;
  /** States and lines that were passed. */
  readonly passedStates: ReadonlySet<string>;
  readonly passedEdges: ReadonlySet<string>;
}

/** Nothing is lit: the chart as such. */
export const UNLIT: Lit = { current: new Set(), passedStates: new Set(), passedEdges: new Set() };

const CORNER = 7;

/** A point on the way from a corner to another point, no farther than the corner is rounded. */
function beside(corner: Point, other: Point): Point {
  const distance = Math.hypot(other.x - corner.x, other.y - corner.y);
  const part = distance === 0 ? 0 : Math.min(CORNER / distance, 0.5);
  return { x: corner.x + (other.x - corner.x) * part, y: corner.y + (other.y - corner.y) * part };
}

const spelled = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

/** A line with its corners rounded. */
function pathOf(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M${spelled(point)}`;
      if (after === undefined) return `L${spelled(point)}`;
      return `L${spelled(beside(point, before))}Q${spelled(point)} ${spelled(beside(point, after))}`;
    })
    .join('');
}

function Arrow({ points }: { readonly points: readonly Point[] }): ReactNode {
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) return null;
  const angle = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
  return <path className="arrow" d="M0 0L-8 -4L-8 4Z" transform={`translate(${end.x} ${end.y}) rotate(${angle})`} />;
}

const names = (...parts: readonly (string | false)[]): string => parts.filter(Boolean).join(' ');

function Line({ edge, lit }: { readonly edge: PlacedEdge; readonly lit: Lit }): ReactNode {
  const isPassed = lit.passedEdges.has(edge.id);
  return (
    <g className={names('line', edge.kind, isAside(edge) && 'aside', isPassed && 'passed')}>
      <path className="way" d={pathOf(edge.points)} />
      <Arrow points={edge.points} />
    </g>
  );
}

function Label({ edge, lit }: { readonly edge: PlacedEdge; readonly lit: Lit }): ReactNode {
  const { label } = edge;
  const isPassed = lit.passedEdges.has(edge.id);
  return (
    <g className={names('label', isAside(edge) && 'aside', isPassed && 'passed')}>
      <rect x={label.x} y={label.y} width={label.width} height={label.height} rx="4" />
      {label.lines.map((line, index) => (
        <text key={line} x={label.x + label.width / 2} y={label.y + 13 + index * 14} textAnchor="middle">
          {line}
        </text>
      ))}
    </g>
  );
}

function Part({ part, lit }: { readonly part: PlacedState; readonly lit: Lit }): ReactNode {
  return (
    <g className={names('part', lit.current.has(part.id) && 'current')}>
      <rect x={part.x} y={part.y} width={part.width} height={part.height} rx="12" />
    </g>
  );
}

/** Over the lines that cross it. */
function PartName({ part, lit }: { readonly part: PlacedState; readonly lit: Lit }): ReactNode {
  const width = textWidth(part.label, 14) + 14;
  return (
    <g className={names('part-name', lit.current.has(part.id) && 'current')}>
      <rect x={part.x + 10} y={part.y + 9} width={width} height="23" rx="6" />
      <text x={part.x + 17} y={part.y + 26}>
        {part.label}
      </text>
    </g>
  );
}

/** Marks beside a state's name: a circle of arrows for another attempt, a person for one that is waited for. */
function Marks({ state }: { readonly state: PlacedState }): ReactNode {
  const y = state.y + state.height - 15;
  const right = state.x + state.width - 14;
  const waits = state.meta?.waitsFor === 'person';
  return (
    <g className="marks">
      {state.again === 'again' ? (
        <path d={`M${right - 4} ${y - 4.5}a5 5 0 1 1 -5 0.4m0.2 -3.2v3.4h3.4`}>
          <title>done once more after a passing fault</title>
        </path>
      ) : null}
      {waits ? (
        <path d={`M${right - 26} ${y - 4}a3 3 0 1 1 0.1 0zm-5.4 9.5a5.4 5.4 0 0 1 10.8 0`}>
          <title>waits for a person</title>
        </path>
      ) : null}
    </g>
  );
}

function State({ state, lit }: { readonly state: PlacedState; readonly lit: Lit }): ReactNode {
  const isCurrent = lit.current.has(state.id);
  const severity = state.meta?.severity ?? 'info';
  const isPassed = lit.passedStates.has(state.id);
  const shape = { x: state.x, y: state.y, width: state.width, height: state.height };
  const good = state.meta?.stage === 'COMPLETED' && 'good';
  return (
    <g className={names('state', severity, state.kind, good, isCurrent && 'current', isPassed && 'passed')}>
      <rect
        className="halo"
        x={shape.x - 4}
        y={shape.y - 4}
        width={shape.width + 8}
        height={shape.height + 8}
        rx="12"
      />
      <rect className="box" {...shape} rx="8" />
      {state.kind === 'end' ? (
        <rect
          className="inner"
          x={shape.x + 3}
          y={shape.y + 3}
          width={shape.width - 6}
          height={shape.height - 6}
          rx="6"
        />
      ) : null}
      <rect className="stripe" x={shape.x + 6} y={shape.y + 8} width="4" height={shape.height - 16} rx="2" />
      {state.beginning === 'beginning' ? <circle className="start" cx={shape.x} cy={shape.y} r="5" /> : null}
      <text className="title">
        {state.lines.map((line, index) => (
          <tspan key={line} x={shape.x + 18} y={shape.y + 22 + index * 17}>
            {line}
          </tspan>
        ))}
      </text>
      <text className="key" x={shape.x + 18} y={shape.y + shape.height - 10}>
        {state.key}
      </text>
      <Marks state={state} />
    </g>
  );
}

/** A chart as the inside of an `svg` element: parts below, lines on them, states and labels on top. */
export function ChartDrawing({ layout, lit = UNLIT }: { readonly layout: ChartLayout; readonly lit?: Lit }): ReactNode {
  const parts = layout.states.filter(({ kind }) => kind === 'part');
  const states = layout.states.filter(({ kind }) => kind !== 'part');
  // What was passed lies on top of what was not.
  const edges = [...layout.edges].sort((a, b) => Number(lit.passedEdges.has(a.id)) - Number(lit.passedEdges.has(b.id)));
  return (
    <g className="chart">
      {parts.map((part) => (
        <Part key={part.id} part={part} lit={lit} />
      ))}
      {edges.map((edge) => (
        <Line key={edge.id} edge={edge} lit={lit} />
      ))}
      {parts.map((part) => (
        <PartName key={part.id} part={part} lit={lit} />
      ))}
      {states.map((state) => (
        <State key={state.id} state={state} lit={lit} />
      ))}
      {edges.map((edge) => (
        <Label key={edge.id} edge={edge} lit={lit} />
      ))}
    </g>
  );
}
