/**
 * A process that rolls back and never gets to the end: it stops dead right before storage would be written, says so,
 * and waits to be killed. Started by `crash.ts`, with the run's folder as its argument.
 */
import type { StoragePort } from '../../src/index.ts';
import { openApp } from './open-app.ts';
import { appOf, readSetting } from './working-folder.ts';

const [folder = ''] = process.argv.slice(2);
// Should the parent die first, nobody is left to end this process.
process.on('disconnect', () => process.exit(1));

let state: string | null = null;

/** The restore is one burst; this one reports where the run is, and never begins. */
function stoppedBeforeWriting(storage: StoragePort): StoragePort {
  const write: StoragePort['write'] = () => {
    process.send?.({ state });
    return new Promise(() => {});
  };
  return { ...storage, write };
}

const setting = await readSetting(folder);
const { client } = await openApp(appOf(setting), setting, folder, stoppedBeforeWriting);
client.subscribe(() => {
  state = client.getSnapshot().state;
});
await client.recover();
await client.rollback({ reason: 'PERFORMANCE_DEGRADATION', detail: 'the demo, in a process that gets killed' });
