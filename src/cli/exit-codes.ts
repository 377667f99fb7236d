import type { BackpedalError } from '../index.ts';

/** What the exit codes of the command line mean; scripts rely on them (rule CM1). */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The command, its flags, the definition or the configuration cannot be used; nothing was done. */
  usage: 2,
  /** `plan` found changes that were made after the migration. */
  drift: 3,
  /** A question is open, or the system is in safe mode. */
  personNeeded: 4,
  /** Stopped by Ctrl-C; what was begun can be continued. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const USAGE_CODES: readonly string[] = ['INPUT_ARGUMENT', 'DEFINITION_INVALID', 'CACHE_PATTERN', 'DATABASE_SCHEMA'];
const PERSON_CODES: readonly string[] = ['SAFE_MODE', 'DECISION_STALE'];

/** The exit code for an error of the library. */
export function exitCodeOfError(error: Pick<BackpedalError, 'code'>): ExitCode {
  if (USAGE_CODES.includes(error.code)) return EXIT.usage;
  if (PERSON_CODES.includes(error.code)) return EXIT.personNeeded;
  return error.code === 'RUN_INTERRUPTED' ? EXIT.interrupted : EXIT.failed;
}

/** The exit code for a run that came to its end: 0 only for a full success. */
export function exitCodeOfRun(result: { readonly outcome: string; readonly success: boolean }): ExitCode {
  if (result.outcome === 'safeMode') return EXIT.personNeeded;
  return result.success ? EXIT.done : EXIT.failed;
}
