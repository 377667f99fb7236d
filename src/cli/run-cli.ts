import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, defineCommand, parseArgs, renderUsage } from 'citty';
import { createBackpedal } from '../index.ts';
import { COMMON_ARGUMENTS, checkArguments } from './arguments.ts';
import type { CliCommand } from './cli-command.ts';
import { commands } from './commands.ts';
import { loadOptions } from './config.ts';
import { reportError } from './error-report.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Io, surroundingsOf } from './io.ts';
import { createOutput } from './output.ts';
import { terminalPrompts } from './prompts.ts';
import type { Setting } from './setting.ts';
import { PLAIN } from './style.ts';
import { UsageError } from './usage-error.ts';

/** What tests put in the place of the real thing. */
export type Replacements = Partial<Pick<Setting, 'loadOptions' | 'createClient' | 'prompts'>>;

const DESCRIPTION = 'Takes back a migration from localStorage to a database without losing a byte';
const main: CommandDef = defineCommand({
  meta: { name: 'backpedal', description: DESCRIPTION },
  subCommands: Object.fromEntries(
    commands.map(({ name, description }) => [name, defineCommand({ meta: { name, description } })]),
  ),
});

const definitionOf = ({ args }: CliCommand): CliCommand['args'] => ({ ...args, ...COMMON_ARGUMENTS });

async function help(command: CliCommand | undefined, style: Setting['surroundings']['resultStyle']): Promise<string> {
  const usage =
    command === undefined
      ? await renderUsage(main)
      : await renderUsage(
          defineCommand({
            meta: { name: command.name, description: command.description },
            args: definitionOf(command),
          }),
          main,
        );
  return style === PLAIN ? stripVTControlCharacters(usage) : usage;
}

/** The manifest is two folders up from here, in the sources as in the package. */
async function packageVersion(): Promise<string> {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** The command's name is the first word; its own words and flags may stand before and behind it. */
function splitCommand(argv: readonly string[]): { readonly name: string | undefined; readonly rest: string[] } {
  const takesValue = (word: string | undefined): boolean => word === '--config';
  const place = argv.findIndex((word, i) => !word.startsWith('-') && !takesValue(argv[i - 1]));
  return place === -1 ? { name: undefined, rest: [...argv] } : { name: argv[place], rest: argv.toSpliced(place, 1) };
}

async function runCommand(
  command: CliCommand,
  rest: string[],
  setting: Omit<Setting, 'configFile'>,
): Promise<ExitCode> {
  const definition = definitionOf(command);
  const args = parseArgs(rest, definition);
  checkArguments(definition, args);
  return command.run({ ...setting, configFile: args.config as string | undefined }, args);
}

/** Carries out what was typed. Never throws; everything that is to be said has been written when it resolves. */
export async function runCli(argv: readonly string[], io: Io, replacements: Replacements = {}): Promise<ExitCode> {
  const format = argv.includes('--json') ? 'json' : 'text';
  const surroundings = surroundingsOf(io, format);
  const output = createOutput(io, format);
  const { name, rest } = splitCommand(argv);
  const command = commands.find((candidate) => candidate.name === name);
  try {
    if (argv.includes('--help') || argv.includes('-h')) {
      const usage = await help(command, surroundings.resultStyle);
      await output.result({ usage: stripVTControlCharacters(usage) }, usage);
      return EXIT.done;
    }
    if (argv.includes('--version')) {
      const version = await packageVersion();
      await output.result({ version }, version);
      return EXIT.done;
    }
    if (command === undefined) {
      const problem = name === undefined ? 'A command is needed.' : `There is no command ${name}.`;
      throw new UsageError('USAGE', `${problem} backpedal --help lists them.`);
    }
    return await runCommand(command, rest, {
      io,
      surroundings,
      output,
      prompts: terminalPrompts(io),
      loadOptions,
      createClient: createBackpedal,
      ...replacements,
    });
  } catch (error) {
    const report = reportError(error, argv.includes('--verbose') ? 'stack' : 'message');
    output.message(surroundings.messageStyle.bad(report.text));
    if (format === 'json' && !output.hasResult()) await output.result(report.data, '');
    return report.exitCode;
  }
}
