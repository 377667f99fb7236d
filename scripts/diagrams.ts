/** Draws the four charts from their own definitions; `--check` fails when a drawing is out of date. */
import { fileURLToPath } from 'node:url';
import { charts } from '../stories/charts/charts.ts';
import { chartFiles } from './diagrams/chart-files.ts';
import { writeOrCheck } from './made-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = (await Promise.all(charts.map(chartFiles))).flat();
writeOrCheck('diagrams', files, root);
