/** Prints each line of the testing checklist with the tests that prove it; exit code 1 if a line has none. */
import { checklist } from './checklist-lines.ts';
import { collectTestTitles } from './test-titles.ts';

const tests = await collectTestTitles();
let lines = 0;
let unproven = 0;
for (const [heading, section] of Object.entries(checklist)) {
  console.log(`\n${heading}`);
  for (const { line, rules } of section) {
    const proofs = new Set(
      tests.filter(({ ids }) => ids.some((id) => rules.includes(id))).map(({ title, file }) => `${title} (${file})`),
    );
    lines += 1;
    if (proofs.size === 0) unproven += 1;
    console.log(`\n[${proofs.size === 0 ? ' ' : 'x'}] ${line}`);
    if (proofs.size === 0) console.log('      no test');
    for (const proof of proofs) console.log(`      ${proof}`);
  }
}
console.log(`\nchecklist: ${lines - unproven} of ${lines} lines have a test`);
process.exitCode = unproven > 0 ? 1 : 0;
