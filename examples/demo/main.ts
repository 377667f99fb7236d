/**
 * The demo: a migration that is taken back twice, once with the work of people merged in and once through a crash.
 * `npm run demo`, or `npm run demo -- --storage FILE` with a dump of your own.
 */
import { join } from 'node:path';
import { told } from './demo-error.ts';
import { firstRun } from './first-run.ts';
import { type DemoOptions, readOptions, USAGE } from './options.ts';
import { lookInto } from './own-dump.ts';
import { asData, lastLine } from './result.ts';
import { secondRun } from './second-run.ts';
import { type Story, silentStory, textStory } from './story.ts';
import { appOf, createWorkingFolder, type DemoSetting, prepareRun } from './working-folder.ts';

const SAMPLE: DemoSetting = { source: null, origin: null, found: null };

/** Both runs. @returns whether everything held */
async function demo(options: DemoOptions): Promise<boolean> {
  const story: Story = options.output === 'json' ? silentStory : textStory;
  const setting = options.storage === null ? SAMPLE : await lookInto(options.storage, options.origin);
  const app = appOf(setting);
  const working = await createWorkingFolder(options.folder);
  let outcome: 'remove' | 'keep' = 'keep';
  try {
    const folders = [join(working.path, 'first-run'), join(working.path, 'second-run')] as const;
    await prepareRun(folders[0], setting);
    story.begins(app, setting.source, working.path);
    const first = await firstRun(app, setting, folders[0], story.first);
    story.firstEnds(first);
    await prepareRun(folders[1], setting);
    const second = await secondRun(app, setting, folders[1], story.second);
    story.secondEnds(second);
    const held = first.held && second.held;
    console.log(options.output === 'json' ? JSON.stringify(asData(first, second), null, 2) : `\n${lastLine(second)}`);
    if (held) outcome = 'remove';
    return held;
  } finally {
    await working.finish(outcome);
    if (outcome === 'keep') console.error(`What the demo worked on is still in ${working.path}`);
  }
}

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  const asked = options === USAGE;
  (asked ? console.log : console.error)(options);
  process.exitCode = asked ? 0 : 2;
} else {
  try {
    process.exitCode = (await demo(options)) ? 0 : 1;
  } catch (thrown) {
    console.error(told(thrown));
    process.exitCode = 1;
  }
}
