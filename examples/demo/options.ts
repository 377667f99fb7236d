import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the demo was asked for. */
export interface DemoOptions {
  /** A dump of one's own; `null` is the sample app. */
  readonly storage: string | null;
  readonly origin: string | null;
  /** Where to work and leave everything; `null` is a temporary folder that is removed at the end. */
  readonly folder: string | null;
  readonly output: 'text' | 'json';
}

/** How the demo is called. */
export const USAGE = `usage: npm run demo -- [--storage FILE [--origin ORIGIN]] [--folder FOLDER] [--json]

  --storage FILE    your own dump: a JSON object of key and value, or a storageState file; it is only read
  --origin ORIGIN   which origin of a storageState file that has several
  --folder FOLDER   work in this new or empty folder and keep it; otherwise a temporary one that is removed
  --json            print the result as data`;

/** npm starts scripts in the package's folder; people mean the one they are in. */
const startedIn = (): string =>
  (process.env.npm_lifecycle_event === 'demo' ? process.env.INIT_CWD : undefined) ?? process.cwd();

/** Reads the command line. @returns a message when it cannot be understood */
export function readOptions(args: readonly string[]): DemoOptions | string {
  const options = {
    storage: { type: 'string' },
    origin: { type: 'string' },
    folder: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return USAGE;
    if (values.origin !== undefined && values.storage === undefined) return `--origin needs --storage\n\n${USAGE}`;
    return {
      storage: values.storage === undefined ? null : resolve(startedIn(), values.storage),
      origin: values.origin ?? null,
      folder: values.folder === undefined ? null : resolve(startedIn(), values.folder),
      output: values.json ? 'json' : 'text',
    };
  } catch (thrown) {
    return `${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${USAGE}`;
  }
}
