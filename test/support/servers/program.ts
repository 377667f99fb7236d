import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('No port is free.');
}

/** Who a program runs as. */
export interface ProgramUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** A server that runs until it is stopped, or until the process that started it is gone. */
export interface RunningProgram {
  /** Ends it with a signal; resolves when it is gone. */
  end(signal: 'QUIT' | 'INT' | 'TERM' | 'KILL'): Promise<void>;
}

// The shell waits on its standard input: whatever becomes of the process that holds the other end, it ends, and the
// shell then ends the server. Nothing is left over, not even after SIGKILL.
const GUARD =
  '"$@" </dev/null & pid=$!; while read -r signal; do kill -"$signal" "$pid"; done; kill -QUIT "$pid" 2>/dev/null; wait "$pid"';

/** Starts a server and waits for a line of its output that says it is ready. */
export function startProgram(
  command: readonly string[],
  isReady: RegExp,
  user: ProgramUser = {},
): Promise<RunningProgram> {
  const child: ChildProcess = spawn('/bin/sh', ['-c', GUARD, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...user,
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  return new Promise((resolve, reject) => {
    const program: RunningProgram = {
      async end(signal) {
        child.stdin?.end(`${signal}\n`);
        await gone;
      },
    };
    const onOutput = (chunk: Buffer): void => {
      if (output.length < 100_000) output += chunk.toString();
      if (isReady.test(output)) resolve(program);
    };
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.stdin?.on('error', () => undefined);
    child.once('error', reject);
    void gone.then(() => reject(new Error(`${command[0]} ended before it was ready:\n${output}`)));
  });
}
