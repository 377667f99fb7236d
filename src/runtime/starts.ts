import type { History } from './history.ts';
import { getJson, putJson } from './vault-files.ts';
import type { World } from './world.ts';

/** More starts than this say nothing more. */
const COUNTED = 3;

/** How many starts have found each run ended, by its id. */
type Starts = Readonly<Record<string, number>>;

const FILE = 'starts';

const readStarts = async (world: World): Promise<Starts> => (await getJson<Starts>(world, FILE)) ?? {};

/** How many starts have found a run ended; counted up to three. */
export async function startsSince(world: World, run: string): Promise<number> {
  return (await readStarts(world))[run] ?? 0;
}

/** Counts a start for every run that has ended and has not seen three of them. */
export async function countStart(world: World, { runs }: History): Promise<void> {
  const before = await readStarts(world);
  const ended = runs.filter(({ end, parent }) => end !== null && parent === null);
  const after = ended.map(({ run }) => [run, Math.min(COUNTED, (before[run] ?? 0) + 1)] as const);
  if (after.some(([run, count]) => before[run] !== count)) await putJson(world, FILE, Object.fromEntries(after));
}
