import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { filesIn } from './app.ts';
import type { AppProcess, Ending } from './app-process.ts';
import { OTHERS } from './content.ts';
import { imageOf } from './disk/disk.ts';
import { judgeEnd } from './judge.ts';
import { act, describe, look, type Play, recover, toldBy } from './play.ts';
import { takenBack } from './scenarios.ts';
import { workInWorld } from './world.ts';

/**
 * What an old holder could change. Not the lease: whoever asks for it gets a higher token, which harms nobody, and that
 * of a run that has ended counts for nothing.
 */
async function everything(play: Play): Promise<unknown> {
  const disk = await look(play);
  const journal = [...disk.vault.entries].filter(([name]) => /\/(journal|audit|backups)\//.test(name));
  const { rows, archived, steps } = imageOf(disk);
  return { storage: disk.storage, rows, archived, steps, journal };
}

/** People go on working after the run, and write into everything that an old holder might still have in hand. */
async function workOn({ setting, folder, facts }: Play): Promise<void> {
  const keys = Object.keys({ ...facts.scenario.untouched.storage, ...takenBack(facts.scenario).storage });
  const storage = Object.fromEntries(
    keys.filter((key) => !(key in OTHERS)).map((key) => [key, `written after the run: ${key}`]),
  );
  const rows = [`INSERT INTO notes VALUES ('later', 'written after the run')`];
  await workInWorld(setting.SQL, folder, { rows, storage });
}

/** What a thawed process said and did. */
async function thaw(play: Play, old: AppProcess): Promise<Ending> {
  const frozenAt = old.trace.length - 1;
  const ending = await old.thaw();
  const refused = old.trace.slice(frozenAt).filter(({ ended }) => ended !== 'no' && ended !== 'well');
  const list = refused.map(({ name, ended }) => `${name} ${ended}`).join(', ') || 'nothing';
  play.story.push(`thawed: ${describe(old, play.facts.scenario.action, ending)}; refused: ${list}`);
  if (ending.end === 'hangs') play.faults.push('I8: a process that was thawed comes to no end');
  return ending;
}

/** Whatever the old holder has done to the lease, the next run finds its way. */
async function goOn(play: Play): Promise<void> {
  const { process } = await recover(play, []);
  const ending = await act(play, process, 'merge');
  await process.end();
  const outcome = toldBy(ending)?.run?.outcome;
  if (outcome !== 'rolledBack') play.faults.push(`I8: the next rollback ended as ${outcome}`);
}

/** Another process takes over from a frozen one, the app goes on, and the old one wakes up: it may change nothing. */
export async function takeOver(play: Play, old: AppProcess, kind: 'freeze' | 'freezeUnseen'): Promise<void> {
  const { folder, facts } = play;
  play.others += 1;
  if (kind === 'freeze') await rm(filesIn(folder).locks, { recursive: true, force: true });
  const locks = kind === 'freezeUnseen' ? { locks: join(folder, 'locks-of-another-machine') } : {};
  const { process, told } = await recover(play, [], locks);
  await process.end();
  const { end, faults } = judgeEnd(await look(play), facts, told?.run ?? null);
  play.faults.push(...faults);
  if (end === 'untouched') {
    // It had not begun, so there was nothing to take over, and it begins now.
    const run = toldBy(await thaw(play, old))?.run ?? null;
    play.faults.push(...judgeEnd(await look(play), facts, run).faults);
    return;
  }
  await workOn(play);
  const before = await everything(play);
  const said = toldBy(await thaw(play, old))?.run?.outcome;
  if (!isDeepStrictEqual(await everything(play), before))
    play.faults.push('I3: a process that was thawed changed something');
  if (said !== undefined && said !== end) play.faults.push(`I12: a process that was thawed said ${said} of ${end}`);
  if (end !== 'rolledBack') await goOn(play);
}
