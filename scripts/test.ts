/** Every test, in Node and in a real Chromium, on servers of its own: finds or installs what they need first. */
import { spawnSync } from 'node:child_process';
import { installMissing } from './setup/programs.ts';

for (const reason of installMissing()) console.error(`Tests that need it are skipped: ${reason}.`);
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
