import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import './chart.css';
import { ChartDrawing, type Lit, UNLIT } from './chart-drawing.tsx';
import type { Box, ChartLayout, Point } from './chart-layout.ts';

const MARGIN = 16;
const CLOSEST = 260;

const whole = ({ width, height }: ChartLayout): Box => ({
  x: -MARGIN,
  y: -MARGIN,
  width: width + 2 * MARGIN,
  height: height + 2 * MARGIN,
});

/** The same middle, nearer or farther; never farther than the whole chart twice. */
function zoomed(view: Box, factor: number, layout: ChartLayout): Box {
  const most = Math.max(layout.width, layout.height) * 2;
  const width = Math.min(most, Math.max(CLOSEST, view.width * factor));
  const height = (view.height * width) / view.width;
  return { x: view.x + (view.width - width) / 2, y: view.y + (view.height - height) / 2, width, height };
}

const moved = (view: Box, x: number, y: number): Box => ({ ...view, x: view.x + x, y: view.y + y });

/** As much of the chart around a state as can be read. */
function around({ x, y, width, height }: Box, reach: number): Box {
  return { x: x + width / 2 - reach, y: y + height / 2 - reach * 0.6, width: 2 * reach, height: 1.2 * reach };
}

const KEYS: Readonly<Record<string, (view: Box, layout: ChartLayout) => Box>> = {
  ArrowLeft: (view) => moved(view, -view.width / 8, 0),
  ArrowRight: (view) => moved(view, view.width / 8, 0),
  ArrowUp: (view) => moved(view, 0, -view.height / 8),
  ArrowDown: (view) => moved(view, 0, view.height / 8),
  '+': (view, layout) => zoomed(view, 0.75, layout),
  '=': (view, layout) => zoomed(view, 0.75, layout),
  '-': (view, layout) => zoomed(view, 4 / 3, layout),
  '0': (_, layout) => whole(layout),
};

/** What `ChartView` is given. */
export interface ChartViewProps {
  readonly title: string;
  readonly layout: ChartLayout;
  readonly lit?: Lit;
  /** The state that is kept in sight; the whole chart without one. */
  readonly follow?: string | null;
  readonly height?: number | string;
}

/** A chart to be looked at from near and far: drag, buttons, or the keys for arrows, plus, minus and 0. */
export function ChartView({ title, layout, lit = UNLIT, follow = null, height = 560 }: ChartViewProps): ReactNode {
  const [view, setView] = useState(() => whole(layout));
  const drag = useRef<Point | null>(null);
  useEffect(() => {
    const place = follow === null ? undefined : layout.states.find(({ id }) => id === follow);
    if (place !== undefined) setView(around(place, 420));
  }, [follow, layout]);

  const press = (event: KeyboardEvent): void => {
    const change = KEYS[event.key];
    if (change === undefined) return;
    event.preventDefault();
    setView((before) => change(before, layout));
  };
  const drop = (): void => {
    drag.current = null;
  };
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    const from = drag.current;
    if (from === null) return;
    drag.current = { x: event.clientX, y: event.clientY };
    const scale = view.width / event.currentTarget.clientWidth;
    setView((before) => moved(before, (from.x - event.clientX) * scale, (from.y - event.clientY) * scale));
  };
  return (
    <div className="chart-view" style={{ height }}>
      <div
        className="surface"
        role="application"
        aria-label={`Drawing of ${title}: arrow keys move it, plus and minus zoom, 0 shows all`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the drawing is moved with the keyboard
        tabIndex={0}
        onKeyDown={press}
      >
        <svg
          role="img"
          aria-label={`${title}, ${layout.states.length} states`}
          viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
          onPointerDown={(event) => {
            drag.current = { x: event.clientX, y: event.clientY };
          }}
          onPointerMove={move}
          onPointerUp={drop}
          onPointerLeave={drop}
        >
          <ChartDrawing layout={layout} lit={lit} />
        </svg>
      </div>
      <div className="tools">
        <button
          type="button"
          className="plain-button"
          aria-label="Nearer"
          onClick={() => setView(zoomed(view, 0.75, layout))}
        >
          +
        </button>
        <button
          type="button"
          className="plain-button"
          aria-label="Farther"
          onClick={() => setView(zoomed(view, 4 / 3, layout))}
        >
          −
        </button>
        <button type="button" className="plain-button" onClick={() => setView(whole(layout))}>
          Show all
        </button>
      </div>
    </div>
  );
}
