import { type ProgressMode, progressMode } from './progress.ts';
import { type Style, styleFor } from './style.ts';

/** The process as the command line sees it; tests bring their own. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls back at every Ctrl-C until the returned function is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** What the place where the command runs can do. */
export interface Surroundings {
  /** Whether there is somebody who can be asked: a terminal to read from, and one to show the question on. */
  readonly canAsk: boolean;
  readonly progress: ProgressMode;
  readonly resultStyle: Style;
  readonly messageStyle: Style;
}

/** Looks at the streams and the environment. */
export function surroundingsOf(io: Io, format: 'json' | 'text'): Surroundings {
  return {
    canAsk: io.stdin.isTTY === true && io.stderr.isTTY === true && io.env.TERM !== 'dumb',
    progress: progressMode(io.stderr, io.env, format),
    resultStyle: styleFor(io.stdout, io.env),
    messageStyle: styleFor(io.stderr, io.env),
  };
}

/** The process itself. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      return () => process.off('SIGINT', listener);
    },
    exit: (code) => process.exit(code),
  };
}
