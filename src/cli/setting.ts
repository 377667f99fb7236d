import type { Backpedal, BackpedalOptions } from '../index.ts';
import { reportError } from './error-report.ts';
import type { Io, Surroundings } from './io.ts';
import type { Output } from './output.ts';
import type { Prompts } from './prompts.ts';
import { UsageError } from './usage-error.ts';

/** What every command works with. */
export interface Setting {
  readonly io: Io;
  readonly surroundings: Surroundings;
  readonly output: Output;
  readonly prompts: Prompts;
  /** `--config`. */
  readonly configFile: string | undefined;
  readonly loadOptions: (cwd: string, file: string | undefined) => Promise<BackpedalOptions>;
  readonly createClient: (options: BackpedalOptions) => Backpedal;
}

/** Gives the client of the configured migration to `work`, and closes it whatever comes of that. */
export async function withClient<Result>(
  setting: Setting,
  work: (client: Backpedal, options: BackpedalOptions) => Promise<Result>,
): Promise<Result> {
  const options = await setting.loadOptions(setting.io.cwd, setting.configFile);
  const client = setting.createClient(options);
  let result: Result;
  try {
    result = await work(client, options);
  } catch (error) {
    await client.close().catch((second: unknown) => {
      setting.output.message(`Closing failed as well. ${reportError(second, 'message').text}`);
    });
    throw error;
  }
  await client.close();
  return result;
}

/**
 * Whether a person is asked before something is changed: not with `--yes`.
 * @throws UsageError `ANSWER_NEEDED` when there is nobody who could be asked; nothing has been done then
 */
export function confirmation(setting: Setting, yes: boolean | undefined, command: string): 'ask' | 'given' {
  if (yes === true) return 'given';
  if (setting.surroundings.canAsk) return 'ask';
  throw new UsageError(
    'ANSWER_NEEDED',
    `backpedal ${command} asks before it changes anything, and there is no terminal to ask on. Nothing was done. Add --yes to go on without being asked.`,
  );
}

/** The command to be called next, with the configuration that this one was called with. */
export function nextCommand(setting: Pick<Setting, 'configFile'>, command: string): string {
  const { configFile } = setting;
  if (configFile === undefined) return `backpedal ${command}`;
  const quoted = /^[\w./-]+$/.test(configFile) ? configFile : `'${configFile.replaceAll("'", "'\\''")}'`;
  return `backpedal ${command} --config ${quoted}`;
}
