import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process of our own, line by line. */
export interface Child {
  /** The next line that it writes, or `null` at its end. */
  line(): Promise<string | null>;
  say(text: string): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Runs a TypeScript file of the folder `children`. Its errors are seen where the tests are. */
export function startChild(file: string, args: readonly string[]): Child {
  const path = fileURLToPath(new URL(`./children/${file}`, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('A child without output.');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const next = await lines.next();
      return next.done ? null : next.value;
    },
    say: (text) => void child.stdin?.write(text),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
