/**
 * Planted bugs: `npm run mutants` sabotages copies of the working tree, one bug at a time, and looks whether the tests
 * or the simulator notice. `npm run mutants -- NAME …` plants only those. The bugs lie in `mutants/`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { huntAll, type Verdict } from './mutants/hunt.ts';
import { readSabotages } from './mutants/sabotage.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = process.argv.slice(2);
const all = readSabotages(join(root, 'mutants'));
const unknown = names.filter((name) => !all.some((sabotage) => sabotage.name === name));
if (unknown.length > 0) {
  console.error(`There is no planted bug ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const chosen = all.filter(({ name }) => names.length === 0 || names.includes(name));
const width = Math.max(...chosen.map(({ name }) => name.length));

function line({ sabotage, status, by, seconds }: Verdict): string {
  const told = status === 'caught' ? by : `${status}: ${by}`;
  return `${sabotage.name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${told}`;
}

const inCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(
    ({ sabotage, status, by, seconds }) =>
      `| [${sabotage.name}](../mutants/${sabotage.name}.md) | ${sabotage.breaks.join(', ')} | ${status === 'caught' ? '' : `${status}: `}${inCell(by)} | ${seconds.toFixed(1)} |`,
  );
  return [
    '# Planted bugs',
    '',
    'Made by `npm run mutants`, which plants each bug in a copy of the working tree and lets its catchers run until one of them fails.',
    '',
    '| sabotage | breaks | caught by | seconds |',
    '| --- | --- | --- | ---: |',
    ...rows,
    '',
    `${verdicts.filter(({ status }) => status === 'caught').length} of ${verdicts.length} caught.`,
    '',
  ].join('\n');
}

const started = performance.now();
console.error(`${chosen.length} planted bugs; first their catchers, where nothing is sabotaged …`);
const { verdicts, faults } = await huntAll(root, chosen, (verdict) => console.error(line(verdict)));
const sorted = verdicts.toSorted((a, b) => (a.sabotage.name < b.sabotage.name ? -1 : 1));
for (const fault of faults) console.log(`fault: ${fault}`);
for (const verdict of sorted) console.log(line(verdict));
if (names.length === 0 && verdicts.length > 0) writeFileSync(join(root, 'docs', 'mutants.md'), table(sorted));
const caught = verdicts.filter(({ status }) => status === 'caught').length;
if (faults.length > 0 || caught < chosen.length) process.exitCode = 1;
console.error(`in ${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log(`mutants: ${caught} of ${chosen.length} caught`);
