/** Holds SPEC.md, the tests and the checklist together: every rule has a test, and every test names a rule that exists. */
import { checklist } from './checklist-lines.ts';
import { readRules } from './rules.ts';
import { collectTestTitles } from './test-titles.ts';

const { rules, malformed } = readRules('SPEC.md');
const tests = await collectTestTitles();
const faults = [...malformed];

const lines = new Map<string, number>();
for (const { id, line } of rules) {
  const first = lines.get(id);
  if (first !== undefined) faults.push(`SPEC.md:${line}: ${id} is already the id of the rule in line ${first}`);
  lines.set(id, first ?? line);
}

const proven = new Set(tests.flatMap((test) => test.ids));
for (const { id, text, line } of rules) {
  if (!proven.has(id)) faults.push(`SPEC.md:${line}: ${id} has no test: ${text}`);
}
const unknown = new Set<string>();
for (const { file, title, ids } of tests) {
  if (ids.length === 0) faults.push(`${file}: the title names no rule: ${title}`);
  for (const id of ids) {
    if (lines.has(id) || unknown.has(id)) continue;
    unknown.add(id);
    faults.push(`${file}: ${id} is not in SPEC.md: ${title}`);
  }
}
for (const { line, rules: wanted } of Object.values(checklist).flat()) {
  if (wanted.length === 0) faults.push(`scripts/checklist-lines.ts: no rule stands for the line: ${line}`);
  for (const id of wanted)
    if (!lines.has(id)) faults.push(`scripts/checklist-lines.ts: ${id} is not in SPEC.md: ${line}`);
}

for (const fault of faults) console.error(fault);
console.log(`${rules.length} rules, ${tests.length} tests, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
