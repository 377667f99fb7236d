/** Plays the range of seeds that its arguments name, and sends what came of it to its parent. */
import { simulate, withoutWebCrypto } from '../../src/testing/index.ts';
import type { Message } from './workers.ts';

const [seed = Number.NaN, schedules = Number.NaN] = process.argv.slice(2).map(Number);
const send = (message: Message): void => {
  process.send?.(message);
};

let told = 0;
await withoutWebCrypto(async () => {
  const report = await simulate({
    seed,
    schedules,
    progress: (played, violations) => {
      if (played % 200 === 0 || violations.length > told) send({ played, violations });
      told = violations.length;
    },
  });
  send({ report: { ...report, cells: [...report.cells], ends: [...report.ends] } });
});
process.disconnect?.();
