import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { ChartDrawing } from '../../stories/charts/chart-drawing.tsx';
import type { ChartLayout } from '../../stories/charts/chart-layout.ts';

/** Colours that can be read on white and on black: what is written is written on surfaces of its own. */
const style = `
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#1b1f2a}
.part rect{fill:#8a93a822;stroke:#868fa3;stroke-width:1.2}
.part-name rect{fill:#e3e7ee}.part-name text{font-size:14px;font-weight:700;fill:#4a5266}
.halo,.start{fill:none}
.start{fill:#1b1f2a;stroke:#fff;stroke-width:1.5}
.box{fill:#fbfcfe;stroke:#6f788c;stroke-width:1.2}
.end .box{stroke-width:1.6}.inner{fill:none;stroke:#6f788c;stroke-width:.8}
.stripe{fill:#3c63d3}.warning .stripe{fill:#c77700}.critical .stripe{fill:#c6281e}.good .stripe{fill:#1c7a43}
.warning .box{fill:#fff7e8}.critical .box{fill:#fdeceb}.good .box{fill:#eaf7ef}
.title{font-size:13px;font-weight:600}
.key{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:11px;fill:#565d70}
.marks path{fill:none;stroke:#565d70;stroke-width:1.4}
.way{fill:none;stroke:#727b90;stroke-width:1.4}.arrow{fill:#727b90}
.aside .way{stroke-dasharray:4 4}.bundle .way{stroke-width:2}
.label rect{fill:#eef0f5;stroke:#c3c9d6;stroke-width:.8}
.label text{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:10.5px;fill:#2b3140}
.label.aside text{fill:#565d70}
`.trim();

/** A chart as a picture of its own. */
export function chartSvg(title: string, layout: ChartLayout): string {
  const { width, height } = layout;
  const drawing = renderToStaticMarkup(createElement(ChartDrawing, { layout }));
  const description = `${title}: a statechart with ${layout.states.length} states`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${description}">`,
    `<style>${style}</style>`,
    drawing.replaceAll('<g class="', '\n<g class="'),
    '</svg>',
    '',
  ].join('\n');
}
