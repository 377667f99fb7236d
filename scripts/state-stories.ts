/** Writes one story for every state of every chart; `--check` fails when a state has none. */
import { fileURLToPath } from 'node:url';
import { charts } from '../stories/charts/charts.ts';
import { writeOrCheck } from './made-files.ts';
import { countStates, stateFile } from './state-stories/state-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
writeOrCheck('state-stories', charts.map(stateFile), root);
const states = charts.map(countStates);
console.log(`state-stories: ${states.reduce((sum, count) => sum + count, 0)} states of ${charts.length} charts`);
