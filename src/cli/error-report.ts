import { BackpedalError } from '../index.ts';
import { EXIT, type ExitCode, exitCodeOfError } from './exit-codes.ts';
import { printableText } from './printable.ts';
import { UsageError } from './usage-error.ts';

/** An error as the command line shows it. */
export interface ErrorReport {
  readonly exitCode: ExitCode;
  /** For people, one or several lines. */
  readonly text: string;
  /** For programs. */
  readonly data: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };
  };
}

/** The parser's own class is not exported. */
const isParserError = (thrown: unknown): thrown is Error => thrown instanceof Error && thrown.name === 'CLIError';

/**
 * An error of the library, also of another copy of it than this one: a configuration may load its own.
 */
export function asKnownError(thrown: unknown): BackpedalError | null {
  if (thrown instanceof BackpedalError) return thrown;
  const looksLikeOne =
    thrown instanceof Error &&
    'persistence' in thrown &&
    'details' in thrown &&
    'code' in thrown &&
    typeof thrown.code === 'string';
  return looksLikeOne ? (thrown as BackpedalError) : null;
}

/** Where something was thrown, without its message, which may quote users' values. */
function framesOf(thrown: unknown): string[] {
  const lines: string[] = [];
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
    const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    lines.push(`${lines.length === 0 ? '' : 'caused by '}${error.name}${code}`, ...frames);
  }
  return lines;
}

function describe(thrown: unknown): ErrorReport {
  const known = asKnownError(thrown);
  if (known) return reportOf(exitCodeOfError(known), known.code, known.message, { ...known.details });
  if (thrown instanceof UsageError) return reportOf(EXIT.usage, thrown.code, thrown.message);
  if (isParserError(thrown)) return reportOf(EXIT.usage, 'USAGE', thrown.message);
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const message = `Something unexpected failed (${name}). Run the command again with --verbose to see where.`;
  return reportOf(EXIT.failed, 'INTERNAL', message);
}

function reportOf(
  exitCode: ExitCode,
  code: string,
  message: string,
  details: Record<string, unknown> = {},
): ErrorReport {
  const plain = printableText(message);
  return { exitCode, text: `${code}: ${plain}`, data: { error: { code, message: plain, details } } };
}

/** What to say of an error, and with which code to end. */
export function reportError(thrown: unknown, detail: 'message' | 'stack'): ErrorReport {
  const report = describe(thrown);
  return detail === 'message' ? report : { ...report, text: [report.text, ...framesOf(thrown)].join('\n') };
}
