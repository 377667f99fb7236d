import { CacheError, DatabaseError, StorageError } from '../../src/index.ts';
import type { Fault } from '../../src/testing/index.ts';
import { workOn } from '../sandbox/sample-app.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** Something that goes wrong, or that people do, while a run is on its way. */
export interface Breakage {
  readonly label: string;
  readonly run: (sandbox: Sandbox, tab: string) => void;
}

/** What belongs together in the panel. */
export interface BreakageGroup {
  readonly title: string;
  readonly breakages: readonly Breakage[];
}

const forEver = (operation: string, error: unknown): Fault => ({
  operation,
  repeat: 'forever',
  moment: 'before',
  behaviour: { throws: error },
});

const once = (operation: string, error: unknown, moment: Fault['moment'] = 'before'): Fault => ({
  operation,
  moment,
  behaviour: { throws: error },
});

const passing = { persistence: 'transient' } as const;
const lost = new DatabaseError('DATABASE_UNAVAILABLE', 'The connection was lost.', passing);
const refused = new DatabaseError('DATABASE_FAILED', 'The database refused it.');
const unknown = new DatabaseError('DATABASE_OUTCOME_UNKNOWN', 'The connection was lost while committing.', passing);
const full = new StorageError('STORAGE_QUOTA', 'There is no room.');
const denied = new StorageError('STORAGE_DENIED', 'The browser denies access.');
const noCache = new CacheError('CACHE_UNAVAILABLE', 'The cache does not answer.', passing);

function damageNewestBackup({ lasting }: Sandbox, how: 'damaged' | 'deleted'): void {
  const { disk } = lasting.vault;
  const content = [...disk.keys()].filter((name) => /\/backups\/.*\/content$/.test(name)).sort();
  const newest = content.at(-1);
  if (newest === undefined) return;
  if (how === 'deleted') disk.delete(newest);
  else disk.set(newest, `${disk.get(newest)?.slice(0, -8)}????????`);
}

const acted = (label: string, work: (sandbox: Sandbox) => void): Breakage => ({
  label,
  run: (sandbox) => sandbox.act(label, () => work(sandbox)),
});

const failing = (
  label: string,
  ...faults: readonly (readonly [Parameters<Sandbox['fail']>[1], Fault])[]
): Breakage => ({
  label,
  run: (sandbox, tab) =>
    sandbox.act(label, () => {
      for (const [port, fault] of faults) sandbox.fail(tab, port, fault);
    }),
});

/** Everything that the panel offers. */
export const breakageGroups: readonly BreakageGroup[] = [
  {
    title: 'Fail a step',
    breakages: [
      failing('Clear Database fails once', ['database', once('clear', lost)]),
      failing('Clear Database: nobody knows whether it was committed', ['database', once('clear', unknown, 'after')]),
      failing('Clear Database is refused', ['database', forEver('clear', refused)]),
      failing('Restore has no room', ['storage', forEver('write', full)]),
      failing('Restore is denied', ['storage', forEver('write', denied)]),
      failing(
        'Neither restoring nor undoing works',
        ['storage', forEver('write', denied)],
        ['database', forEver('undoClear', refused)],
      ),
      failing('The cache does not answer', ['cache', forEver('invalidate', noCache)]),
    ],
  },
  {
    title: 'Break the surroundings',
    breakages: [
      // It is asked every five seconds whether it is there; two questions have to go unanswered.
      acted('The database goes away', (sandbox) => {
        sandbox.setDatabase('away');
        sandbox.passTime(12_000);
      }),
      acted('The database comes back', (sandbox) => sandbox.setDatabase('there')),
      acted('Memory is at 95 %', (sandbox) => sandbox.useMemory(0.95)),
      acted('Every call takes four seconds', (sandbox) => sandbox.setSpeed('sluggish')),
      acted('Calls take no time again', (sandbox) => sandbox.setSpeed('usual')),
      acted('The newest backup is damaged', (sandbox) => damageNewestBackup(sandbox, 'damaged')),
      acted('The newest backup is deleted', (sandbox) => damageNewestBackup(sandbox, 'deleted')),
    ],
  },
  {
    title: 'What people do',
    breakages: [
      acted('Somebody works in the app', ({ lasting }) => workOn(lasting.database)),
      acted('Somebody writes on a letter', ({ lasting }) =>
        lasting.storage.setItem('draft:letter', 'Dear neighbours, we are going to move'),
      ),
      acted('Somebody logs out: storage is emptied', ({ lasting }) => {
        lasting.storage.clear();
        lasting.storage.flush();
      }),
    ],
  },
  {
    title: 'Crash',
    breakages: [
      { label: 'Kill the browser: what was not on the disk is lost', run: (sandbox) => sandbox.killBrowser('lost') },
      { label: 'Kill the browser: everything just made it', run: (sandbox) => sandbox.killBrowser('kept') },
      { label: 'Close the tab', run: (sandbox, tab) => sandbox.killTab(tab) },
      { label: 'Freeze the tab', run: (sandbox, tab) => sandbox.freeze(tab) },
      { label: 'Thaw the tab', run: (sandbox, tab) => sandbox.thaw(tab) },
      acted('Another tab takes the lock', ({ lock }) => void lock.steal('backpedal:tasks').release()),
    ],
  },
];
