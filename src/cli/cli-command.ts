import type { ArgsDef, ParsedArgs } from 'citty';
import type { COMMON_ARGUMENTS } from './arguments.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Setting } from './setting.ts';

/** One command of the command line. */
export interface CliCommand {
  readonly name: string;
  readonly description: string;
  /** Its own words and flags, beside those of every command. */
  readonly args: ArgsDef;
  readonly run: (setting: Setting, args: ParsedArgs) => Promise<ExitCode>;
}

/** Ties a command's function to the types of its words and flags. */
export function cliCommand<const Args extends ArgsDef>(command: {
  readonly name: string;
  readonly description: string;
  readonly args: Args;
  readonly run: (setting: Setting, args: ParsedArgs<Args & typeof COMMON_ARGUMENTS>) => Promise<ExitCode>;
}): CliCommand {
  // The parser gives what the definition says; its general type cannot know that.
  return command as unknown as CliCommand;
}
