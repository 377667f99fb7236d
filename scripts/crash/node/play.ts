import type { Blow } from '../episode.ts';
import type { Action, Told } from '../protocol.ts';
import type { AppProcess, Ending } from './app-process.ts';
import { type Disk, readDisk } from './disk/disk.ts';
import { type Case, judgeAlways } from './judge.ts';
import type { Setting } from './setting.ts';

/** An episode under way. */
export interface Play {
  readonly setting: Setting;
  readonly folder: string;
  readonly facts: Case;
  readonly faults: string[];
  readonly story: string[];
  readonly hits: string[];
  kills: number;
  others: number;
}

/** What lies on the disk now. */
export const look = ({ setting, folder }: Play): Promise<Disk> => readDisk(setting.SQL, folder);

/** Where a process was when it was hit, by what it had begun and not ended. */
function placeOf({ trace }: AppProcess): string {
  const open = trace.filter(({ ended }) => ended === 'no');
  const last = open.at(-1) ?? trace.at(-1);
  if (last === undefined) return 'before its first operation';
  const state = last.chart === null ? '' : ` of ${last.chart}`;
  return `${open.length === 0 ? 'after' : 'in'} operation ${last.number}, ${last.name}${state}`;
}

const nameOfHit = ({ trace }: AppProcess): string =>
  trace.filter(({ ended }) => ended === 'no').at(-1)?.name ?? 'between operations';

/** What came of an order, in a line. */
export function describe(process: AppProcess, action: Action, ending: Ending): string {
  const { trace } = process;
  if (ending.end === 'killed') return `${action}: killed ${placeOf(process)}`;
  if (ending.end === 'frozen') return `${action}: frozen ${placeOf(process)}`;
  if (ending.end === 'hangs') return `${action}: hangs ${placeOf(process)}`;
  if (ending.end === 'failed') return `${action}: failed with ${ending.code} after ${trace.length} operations`;
  const { recovered, run, migrationState } = ending.told;
  return `${action}: ${recovered ?? ''} ${run?.outcome ?? ''} ${migrationState ?? ''} in ${trace.length} operations`;
}

/** Gives a process an order; what neither ends well nor is killed or frozen as planned is a fault. */
export async function act(
  play: Play,
  process: AppProcess,
  action: Action,
  more: { readonly blow?: Blow; readonly locks?: string } = {},
): Promise<Ending> {
  const { blow = null, ...locks } = more;
  const ending = await process.order({ action, folder: play.folder, blow, ...locks });
  play.story.push(describe(process, action, ending));
  if (ending.end === 'killed') {
    play.kills += 1;
    play.hits.push(nameOfHit(process));
    const faults = judgeAlways(await look(play), play.facts);
    play.faults.push(...faults.map((fault) => `after kill ${play.kills}: ${fault}`));
  } else if (ending.end === 'hangs') play.faults.push(`I8: ${action} comes to no end (${placeOf(process)})`);
  else if (ending.end === 'failed') play.faults.push(`I8: ${action} failed: ${ending.code} ${ending.message}`);
  return ending;
}

/** What a process said at the end of an order, if it came to it. */
export const toldBy = (ending: Ending): Told | null => (ending.end === 'done' ? ending.told : null);

/** Recovers in new processes, which meet the blows that are left, until one comes to an end. */
export async function recover(
  play: Play,
  blows: readonly Blow[],
  locks: { readonly locks?: string } = {},
): Promise<{ readonly process: AppProcess; readonly told: Told | null }> {
  const [blow, ...rest] = blows;
  const process = play.setting.pool.take();
  const ending = await act(play, process, 'recover', { ...(blow === undefined ? {} : { blow }), ...locks });
  if (ending.end !== 'killed') return { process, told: toldBy(ending) };
  await process.end();
  return recover(play, rest, locks);
}
