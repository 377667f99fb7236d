import type { ArgsDef } from 'citty';
import { UsageError } from './usage-error.ts';

/** Flags of every command. */
export const COMMON_ARGUMENTS = {
  config: { type: 'string', valueHint: 'FILE', description: 'The configuration; default backpedal.config.ts' },
  json: { type: 'boolean', description: 'Print the result as one JSON value' },
  verbose: { type: 'boolean', description: 'With an error, show where it was thrown' },
} as const;

/** `--yes`, of commands that ask before they change something. */
export const YES = {
  yes: { type: 'boolean', alias: 'y', description: 'Do not ask for confirmation' },
} as const;

/** `--out`, of commands whose result is a document. */
export const OUT = {
  out: { type: 'string', valueHint: 'FILE', description: 'Write to a new file instead of stdout' },
} as const;

/** `--backup`. */
export const BACKUP = {
  backup: { type: 'string', valueHint: 'ID', description: 'Which backup; default the one that the migration made' },
} as const;

/** `--run`. */
export const RUN = {
  run: { type: 'string', valueHint: 'ID', description: 'Which run; default the latest' },
} as const;

/** `--on-drift`. */
export const ON_DRIFT = {
  'on-drift': {
    type: 'string',
    valueHint: 'ask|merge|discard',
    description: 'What becomes of changes made after the migration; default as the migration says',
  },
} as const;

/** The reasons that a person may give for a rollback. */
export const REASONS = [
  'USER_REQUEST',
  'VALIDATION_FAILURES',
  'DATABASE_CONNECTION_LOST',
  'MEMORY_THRESHOLD',
  'TIMEOUT',
  'USER_CANCELLED',
  'DATA_CORRUPTION',
  'PERFORMANCE_DEGRADATION',
  'BUSINESS_LOGIC_ERROR',
] as const;

const camelCase = (name: string): string => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function knownNames(definition: ArgsDef): Set<string> {
  const aliases = Object.values(definition).flatMap((argument) => ('alias' in argument ? (argument.alias ?? []) : []));
  const names = Object.keys(definition);
  return new Set(['_', ...names, ...names.map(camelCase), ...aliases]);
}

/**
 * Refuses what the parser lets pass: unknown flags, flags without their value, and words too many. A mistyped
 * `--on-drift` must not become the default.
 * @throws UsageError `USAGE`
 */
export function checkArguments(
  definition: ArgsDef,
  args: Readonly<Record<string, unknown>> & { readonly _: string[] },
): void {
  const known = knownNames(definition);
  const unknown = Object.keys(args).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const flag = `${unknown.length === 1 ? '-' : '--'}${unknown}`;
    throw new UsageError('USAGE', `There is no flag ${flag}. --help lists those that there are.`);
  }
  for (const [name, { type }] of Object.entries(definition)) {
    const value = args[name];
    if (type === 'positional' || type === 'boolean' || value === undefined) continue;
    if (typeof value !== 'string' || value === '' || value.startsWith('--')) {
      throw new UsageError('USAGE', `--${name} needs a value.`);
    }
  }
  const places = Object.values(definition).filter(({ type }) => type === 'positional').length;
  if (args._.length > places) {
    throw new UsageError('USAGE', `${args._.length - places} words too many. --help shows how the command is called.`);
  }
}

/**
 * One of the words that are possible in a place.
 * @throws UsageError `USAGE`, naming the place and the words
 */
export function oneOf<const Word extends string>(value: string, words: readonly Word[], place: string): Word {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new UsageError('USAGE', `${place} has to be one of: ${words.join(', ')}.`);
  return word;
}
