import type { History } from './history.ts';
import { getJson, putJson } from './vault-files.ts';
import type { World } from './world.ts';

/** So many starts have to have seen something before it is believed or forgotten; more say nothing more. */
const COUNTED = 3;

/** How many starts have found each run ended, by its id. */
type Starts = Readonly<Record<string, number>>;

const FILE = 'starts';

const readStarts = async (world: World): Promise<Starts> => (await getJson<Starts>(world, FILE)) ?? {};

/** How many starts have found a run ended; counted up to three. */
async function startsSince(world: World, run: string): Promise<number> {
  return (await readStarts(world))[run] ?? 0;
}

/** Whether as many starts as count have found a run ended. */
export const isSeenOften = async (world: World, run: string): Promise<boolean> =>
  (await startsSince(world, run)) >= COUNTED;

/**
 * Counts a start for every run that has ended and has not seen three of them. The third one counts only once the run is
 * `settleAfter` old: what was lost after the starts before it has to be noticed still.
 */
export async function countStart(world: World, { runs }: History): Promise<void> {
  const before = await readStarts(world);
  const ended = runs.filter(({ end, parent }) => end !== null && parent === null);
  const after = ended.map(({ run, last }) => {
    const isOld = world.clock.now() - last.at >= world.migration.settleAfter;
    const known = before[run] ?? 0;
    return [run, Math.max(known, Math.min(isOld ? COUNTED : COUNTED - 1, known + 1))] as const;
  });
  if (after.some(([run, count]) => before[run] !== count)) await putJson(world, FILE, Object.fromEntries(after));
}
