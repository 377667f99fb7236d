import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Fence } from '../../../src/ports/database.ts';

/** What a process is told that clears, and waits before one of the statements. */
export interface Clearing {
  readonly connection: pg.ClientConfig;
  readonly fence: Fence;
  /** Before which statement it waits; 1 is the first. */
  readonly at: number;
}

/** A process in the middle of a Clear. */
export interface ClearingProcess {
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Lets it go on: the codes with which this Clear ends, and the one that it tries after it. */
  goOn(): Promise<readonly string[]>;
}

/** Starts it; resolves when it waits. */
export async function startClearingProcess(clearing: Clearing): Promise<ClearingProcess> {
  const program = fileURLToPath(new URL('./clear-and-wait.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(clearing)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('The process that was to clear has ended.');
    return value;
  };
  if ((await next()) !== 'waiting') throw new Error('The process that was to clear does not wait.');
  return {
    signal: (signal) => void child.kill(signal),
    async goOn() {
      child.stdin.write('\n');
      const codes = JSON.parse(await next()) as string[];
      child.stdin.end();
      await new Promise((resolve) => child.once('close', resolve));
      return codes;
    },
  };
}
