import { PassThrough, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';

/** A stream that remembers what was written to it, as a terminal or not. */
export function fakeStream(shape: { isTTY?: boolean; columns?: number }): NodeJS.WriteStream & { text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return Object.assign(stream, shape, { text: () => text }) as unknown as NodeJS.WriteStream & { text: () => string };
}

/** A process that a test can look at. */
export interface FakeIo {
  readonly io: Io;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
  /** The codes with which the process was ended at once. */
  readonly exits: readonly number[];
}

/** Streams without a terminal unless said otherwise. */
export function fakeIo(
  shape: { terminal?: boolean; stdoutTerminal?: boolean; env?: Record<string, string>; cwd?: string } = {},
): FakeIo {
  const stdout = fakeStream(shape.stdoutTerminal ? { isTTY: true } : {});
  const stderr = fakeStream(shape.terminal ? { isTTY: true, columns: 100 } : {});
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const stdin = Object.assign(new PassThrough(), shape.terminal ? { isTTY: true } : {}) as unknown as NodeJS.ReadStream;
  return {
    io: {
      stdin,
      stdout,
      stderr,
      env: shape.env ?? {},
      cwd: shape.cwd ?? '/nowhere',
      onInterrupt: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      exit: (code) => {
        exits.push(code);
      },
    },
    stdout: stdout.text,
    stderr: stderr.text,
    interrupt: () => {
      for (const listener of [...listeners]) listener();
    },
    exits,
  };
}
