import type { ReactNode } from 'react';
import './chart.css';
import './chart-key.css';

const box = (x: number, width: number): object => ({ x, y: 24, width, height: 44, rx: 8 });

/** What the shapes of a chart look like, each with its name. */
export function ChartKey(): ReactNode {
  const kinds = [
    ['info', 'a state'],
    ['warning', 'a warning'],
    ['critical', 'critical'],
    ['good end', 'a good end'],
    ['info current', 'now'],
  ] as const;
  return (
    <svg className="chart-key" viewBox="0 0 760 84" role="img" aria-label="Shapes of the charts">
      <g className="chart">
        {kinds.map(([kind, name], index) => (
          <g key={kind} className={`state ${kind}`}>
            <rect className="box" {...box(4 + index * 152, 140)} />
            {kind.includes('end') ? (
              <rect className="inner" x={7 + index * 152} y={27} width={134} height={38} rx={6} />
            ) : null}
            <rect className="stripe" x={10 + index * 152} y={32} width={4} height={28} rx={2} />
            <text className="title" x={24 + index * 152} y={51}>
              {name}
            </text>
          </g>
        ))}
      </g>
    </svg>
  );
}
