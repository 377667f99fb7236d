import type { BackpedalOptions } from '../../runtime/public-types.ts';

/** What `backpedal.config.ts` exports by default: the client's options, or how to make them. */
export type BackpedalConfig =
  | BackpedalOptions
  | Promise<BackpedalOptions>
  | (() => BackpedalOptions | Promise<BackpedalOptions>);

/** Returns the configuration as it is, with the types that an editor needs. */
export function defineConfig<Config extends BackpedalConfig>(config: Config): Config {
  return config;
}
