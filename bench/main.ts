import { mkdirSync, writeFileSync } from 'node:fs';
import { benchInBrowser } from './browser/run.ts';
import { countWrites } from './counts.ts';
import { speedRows } from './rows.ts';
import { serverRows, stopServers } from './server-rows.ts';

interface Result {
  readonly name: string;
  readonly value: number;
  readonly goal: number | null;
  readonly oursMs?: number;
  readonly theirsMs?: number;
}

const results: Result[] = [];

function report(result: Result): void {
  results.push(result);
  const goal =
    result.goal === null ? '' : ` (goal <= ${Number.isInteger(result.goal) ? result.goal : result.goal.toFixed(2)})`;
  const value = Number.isInteger(result.value) ? String(result.value) : result.value.toFixed(2);
  console.log(`bench: ${result.name} ${value}${goal}`);
}

const only = process.argv[2];
for (const row of [...speedRows, ...serverRows]) {
  if (only !== undefined && !row.name.includes(only)) continue;
  const found = await row.measure();
  if ('skipped' in found) console.log(`bench: ${row.name} skipped: ${found.skipped}`);
  else if ('value' in found) report({ name: row.name, value: found.value, goal: row.goal });
  else report({ name: row.name, value: found.ratio, goal: row.goal, oursMs: found.ours, theirsMs: found.theirs });
}
await stopServers();
if (only === undefined || only === 'counts') {
  const plain = await countWrites(0);
  const many = await countWrites(10_000);
  report({ name: 'journal-record-bytes-max', value: Math.max(plain.largestRecord, many.largestRecord), goal: 4096 });
  report({ name: 'journal-records-per-rollback', value: Math.max(plain.records, many.records), goal: 12 });
  report({ name: 'durable-writes-per-rollback', value: Math.max(plain.writes, many.writes), goal: 18 });
}
if (only === undefined || only.startsWith('browser')) {
  const found = await benchInBrowser();
  if (found === null) console.log('bench: browser-* skipped: there is no Chromium on this machine');
  else {
    const { ours, theirs } = found;
    const rounded = (value: number): number => Math.round(value * 100) / 100;
    report({
      name: 'browser-rollback-10k-vs-procedure',
      value: ours / theirs,
      goal: 1.25,
      oursMs: ours,
      theirsMs: theirs,
    });
    // As people feel it, whoever else uses the machine; and what of it is our own doing.
    report({ name: 'browser-longest-task-ms', value: rounded(found.longestTask), goal: 50 });
    report({ name: 'browser-longest-task-processor-ms', value: rounded(found.longestTaskOfProcessor), goal: 50 });
    report({ name: 'browser-longest-indivisible-task-ms', value: rounded(found.longestIndivisible), goal: null });
    report({ name: 'browser-longest-call-ms', value: rounded(found.longestCall), goal: null });
  }
}
if (only === undefined) {
  mkdirSync('bench', { recursive: true });
  const facts = { date: new Date().toISOString(), node: process.version, results };
  writeFileSync('bench/results.json', `${JSON.stringify(facts, null, 2)}\n`);
}
