import type { Backpedal } from '../../src/index.ts';

const WIDTH = 30;

/** Shows a client's progress on stderr while `work` goes on: a bar on a terminal, a line per step elsewhere. */
export async function withProgress<Result>(
  client: Backpedal,
  doing: string,
  work: () => Promise<Result>,
): Promise<Result> {
  let last = '';
  const draw = (): void => {
    const { stage, progress, currentStep, activity } = client.getSnapshot();
    if (activity === 'idle' || (stage === 'COMPLETED' && progress < 100)) return;
    const filled = Math.round((progress / 100) * WIDTH);
    const bar = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${String(Math.round(progress)).padStart(3)} %`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K  ${doing} ${bar} ${currentStep}`);
    else if (currentStep !== last) process.stderr.write(`  ${doing} ${bar} ${stage}: ${currentStep}\n`);
    last = currentStep;
  };
  const stop = client.subscribe(draw);
  try {
    return await work();
  } finally {
    stop();
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  }
}
