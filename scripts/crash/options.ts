import { parseArgs } from 'node:util';
import { type Episode, parseEpisode } from './episode.ts';

/** What the command line asks for. */
export interface CrashOptions {
  readonly target: string;
  readonly kills: number;
  readonly seed: number;
  /** One episode instead of a campaign; its folder is kept. */
  readonly repeat: Episode | null;
}

/** How the command is used. */
export const USAGE = `npm run crash -- TARGET [--kills N] [--seed S] [--repeat EPISODE]

Kills real processes with SIGKILL while they migrate and roll back, lets new ones recover, and compares everything on
the disk. Exit code 1 when anything was lost.

  TARGET            node: processes of Node with storage, vault, locks and a sql.js database in files
                    chromium: browsers, also long after they were done, and renderers and tabs of them
  --kills N         how many processes are killed; 100 by default
  --seed S          chooses what is chosen by chance; 1 by default
  --repeat EPISODE  one episode, as it was printed for a loss, such as rollback@after:37,before:4`;

const asCount = (text: string, least: number): number | null => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : null;
};

/** Reads the arguments. @returns the options, or what is to be told to whoever gave them */
export function readOptions(args: readonly string[], targets: readonly string[]): CrashOptions | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (thrown) {
    return `${(thrown as Error).message}\n\n${USAGE}`;
  }
  const { values, positionals } = parsed;
  if (values.help === true) return USAGE;
  const [target, ...more] = positionals;
  if (target === undefined || !targets.includes(target) || more.length > 0) {
    return `Name one target: ${targets.join(', ')}.\n\n${USAGE}`;
  }
  const kills = asCount(values.kills, 1);
  const seed = asCount(values.seed, 0);
  if (kills === null || seed === null) return `--kills and --seed are whole numbers.\n\n${USAGE}`;
  const repeat = values.repeat === undefined ? null : parseEpisode(values.repeat);
  if (values.repeat !== undefined && repeat === null) return `${values.repeat} is not an episode.\n\n${USAGE}`;
  return { target, kills, seed, repeat };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      repeat: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}
