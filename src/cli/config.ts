import { basename } from 'node:path';
import { type ConfigLayer, loadConfig } from 'c12';
import type { BackpedalOptions } from '../index.ts';
import { asKnownError } from './error-report.ts';
import { UsageError } from './usage-error.ts';

/** The name of the configuration, without its extension. */
const NAME = 'backpedal.config';

/** The ports without which there is nothing to do. */
const REQUIRED = ['migration', 'storage', 'database', 'vault'] as const;

type Loaded = Record<string, unknown>;

/** The configuration itself and no copy of it: adapters have getters, and clients of databases cannot be copied. */
const first = (...sources: (Loaded | null | undefined)[]): Loaded => sources.find((source) => source) ?? {};

async function evaluate(
  cwd: string,
  file: string,
): Promise<ConfigLayer<Loaded> & { _configFile?: string | undefined }> {
  try {
    return await loadConfig<Loaded>({
      cwd,
      configFile: file,
      configFileRequired: false,
      rcFile: false,
      extend: false,
      giget: false,
      envName: false,
      merger: first,
      // What Node, or a loader that it was started with, can read by itself is not compiled a second time.
      jitiOptions: { tryNative: true },
    });
  } catch (cause) {
    const known = asKnownError(cause);
    if (known) throw known;
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new UsageError('CONFIG', `${basename(file)} could not be loaded. ${reason}`, { cause });
  }
}

/**
 * Loads the configuration of a folder: what it exports by default, or what the function that it exports gives.
 * @param file given by `--config`, relative to the folder; default `backpedal.config.*`
 * @throws UsageError `CONFIG`; errors of the library that the configuration itself has thrown
 */
export async function loadOptions(cwd: string, file: string | undefined): Promise<BackpedalOptions> {
  const { config, _configFile } = await evaluate(cwd, file ?? NAME);
  if (_configFile === undefined) {
    throw new UsageError(
      'CONFIG',
      file === undefined
        ? `There is no ${NAME}.ts in ${cwd}. Write one (see defineConfig in backpedal/node), or name another with --config FILE.`
        : `There is no configuration at ${file}. Check the path given with --config.`,
    );
  }
  const missing = REQUIRED.filter((name) => config?.[name] === undefined);
  if (missing.length > 0) {
    throw new UsageError(
      'CONFIG',
      `${basename(_configFile)} has to export the options of the client by default, or a function of them; missing: ${missing.join(', ')}.`,
    );
  }
  return config as unknown as BackpedalOptions;
}
