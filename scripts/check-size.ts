/** What a browser downloads of each part, beside its goal and its budget; fails when a budget is not kept. */
import { parts, sizeOf } from './sizes.ts';

for (const part of parts) {
  const { name, goal, budget } = part;
  const size = await sizeOf(part);
  console.log(`size: ${name} ${size.toFixed(2)} kB (goal ${goal}, budget ${budget})`);
  if (size <= budget) continue;
  console.error(`${name} has outgrown its budget by ${(size - budget).toFixed(2)} kB.`);
  process.exitCode = 1;
}
