import { BackpedalError } from '../errors.ts';

/** What was thrown, as the log may show it. */
export interface LoggedCause {
  readonly name: string;
  /** Only of backpedal's own errors, whose messages hold no values. */
  readonly message?: string;
  /** The code of the driver or of backpedal, where there is one. */
  readonly code?: string;
  /** Where it came from, without the message. */
  readonly stack?: readonly string[];
  readonly cause?: LoggedCause;
}

const CODE = /^[A-Za-z0-9_.-]{1,64}$/;
const DEEPEST = 5;
const FRAMES = 12;

function codeOf(thrown: Error): string | undefined {
  const { code } = thrown as { code?: unknown };
  return (typeof code === 'string' || typeof code === 'number') && CODE.test(String(code)) ? String(code) : undefined;
}

/** The frames below the message, which may go over several lines and quote what must not be in a log. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const at = message === '' ? 0 : stack.indexOf(message) + message.length;
  const lines = stack.slice(at).split('\n').slice(1);
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, FRAMES);
}

/**
 * What was thrown by somebody else, without its message: drivers, parsers and apps quote users' values there
 * (rule AU6).
 */
export function causeOf(thrown: unknown, depth: number = 0): LoggedCause {
  if (!(thrown instanceof Error)) return { name: typeof thrown };
  const code = codeOf(thrown);
  const stack = framesOf(thrown);
  return {
    name: CODE.test(thrown.name) ? thrown.name : 'Error',
    ...(thrown instanceof BackpedalError ? { message: thrown.message } : {}),
    ...(code === undefined ? {} : { code }),
    ...(stack.length === 0 ? {} : { stack }),
    ...(thrown.cause === undefined || depth >= DEEPEST ? {} : { cause: causeOf(thrown.cause, depth + 1) }),
  };
}
