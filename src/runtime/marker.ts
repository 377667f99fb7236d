import * as z from 'zod/mini';
import { OWN_KEY_PREFIX } from '../ports/own-keys.ts';
import type { StorageWrite } from '../ports/storage.ts';
import type { World } from './world.ts';

/** What stands under the only key of ours in the app's storage: which storage it is, and how many bursts it has seen. */
export interface Marker {
  storage: string;
  /** Rises with every burst, so that a start can tell whether the browser has lost one (hazard H1). */
  counter: number;
  /** The run whose burst wrote it. */
  run: string;
}

/** The marker as it was read, and its raw text, which the next burst expects to find. */
export interface FoundMarker {
  readonly raw: string | null;
  readonly marker: Marker | null;
}

const form: z.ZodMiniType<Marker> = z.strictObject({
  storage: z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/)),
  counter: z.int().check(z.nonnegative()),
  run: z.string(),
});

/** The key under which a migration's marker lies. */
export const markerKey = (world: World): string => `${OWN_KEY_PREFIX}${world.migration.id}`;

function parse(raw: string): Marker | null {
  try {
    return form.parse(JSON.parse(raw));
  } catch {
    // A marker that somebody has garbled says nothing; the journal knows the run all the same.
    return null;
  }
}

/** Reads the marker; one that cannot be understood counts as none. */
export async function readMarker(world: World): Promise<FoundMarker> {
  const key = markerKey(world);
  const raw = (await world.storage.read([key])).get(key) ?? null;
  return { raw, marker: raw === null ? null : parse(raw) };
}

/** The write that ends a burst of this run (hazard H3: what survives a kill is a prefix). */
export function markerWrite(
  world: World,
  found: FoundMarker,
  storage: string,
  run: string,
  counter: number,
): StorageWrite {
  const value = JSON.stringify({ storage, counter, run } satisfies Marker);
  return { key: markerKey(world), value, expect: [found.raw] };
}
