import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How the process that rolled back came to its end. */
export interface Crash {
  /** The chart's state when it stood still, or `null` when it never got there. */
  readonly state: string | null;
  /** What ended it; `SIGKILL` is the crash. */
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to stderr. */
  readonly complaint: string;
}

/** Nothing here takes as long; it only ends what hangs, and does not count as the crash. */
const PATIENCE = 300_000;

/** Rolls back in a child process and kills it between Clear Database and Restore LocalStorage. */
export function crashInMidRollback(folder: string): Promise<Crash> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('child.ts', import.meta.url)), folder],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: PATIENCE,
    },
  );
  let state: string | null = null;
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  child.on('message', (message: { readonly state: string | null }) => {
    state = message.state;
    child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve({ state, signal, complaint }));
  });
}
