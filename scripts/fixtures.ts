/** Writes the snapshots of every chart's present version; those of a version that has its file already never change. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChartId } from '../src/runtime/execution/types.ts';
import { presentFixture, walkedCharts } from '../test/snapshots/chart-walk.ts';

const folder = fileURLToPath(new URL('../test/fixtures/snapshots/', import.meta.url));

for (const chart of Object.keys(walkedCharts) as ChartId[]) {
  const fixture = await presentFixture(chart);
  const file = `${folder}${chart}/v${fixture.version}.json`;
  mkdirSync(`${folder}${chart}`, { recursive: true });
  try {
    writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`, { flag: 'wx' });
    console.log(`${file}: ${Object.keys(fixture.states).length} states`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    console.log(`${file} is there already; a version's snapshots never change`);
  }
}
