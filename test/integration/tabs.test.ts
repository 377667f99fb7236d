import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LATE } from '../../scripts/crash/chromium/page/worlds.ts';
import type { PageAnswer } from '../../scripts/crash/chromium/page-protocol.ts';
import { type ChromiumSetting, openChromiumSetting } from '../../scripts/crash/chromium/setting.ts';
import type { Blow } from '../../scripts/crash/episode.ts';
import { ORIGINAL } from '../../scripts/crash/node/content.ts';
import { type Disk, imageOf } from '../../scripts/crash/node/disk/disk.ts';
import { differences } from '../../scripts/crash/node/judge.ts';
import { chromium } from '../../scripts/setup/programs.ts';
import { openTabs, type TabWorld } from './tabs-kit.ts';

const SLOW = 300_000;
const TABS = 50;
const hasChromium = chromium.find() !== undefined;

let folder: string;
let setting: ChromiumSetting;

const outcomeOf = (answer: PageAnswer): string => {
  if (answer.kind === 'failed') return answer.code;
  return answer.kind === 'done' ? (answer.told.run?.outcome ?? answer.told.recovered ?? 'nothing') : answer.kind;
};

/** How many there are of each. */
function counts(texts: readonly string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const text of texts) all[text] = (all[text] ?? 0) + 1;
  return all;
}

const rollbacksIn = ({ journal }: Disk): string[] =>
  journal.runs.filter(({ machine }) => machine === 'rollback').map(({ end }) => end ?? 'open');

const freeze = (operation: string): Blow => ({ kind: 'freeze', at: { operation, moment: 'before' } });

/** What an old holder could change; not the lease, a higher token of which harms nobody. */
const everything = (disk: Disk): unknown => {
  const { rows, archived, steps } = imageOf(disk);
  const journal = [...disk.vault.entries].filter(([name]) => /\/(journal|audit|backups)\//.test(name));
  return { storage: disk.storage, rows, archived, steps, journal };
};

describe.skipIf(!hasChromium)('several tabs', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backpedal-tabs-'));
    setting = await openChromiumSetting(join(folder, 'worlds'));
  }, SLOW);

  afterAll(async () => {
    await setting.site.close();
    await rm(folder, { recursive: true, maxRetries: 10 });
  }, SLOW);

  const inTabs = async (work: (tabs: TabWorld) => Promise<void>): Promise<void> => {
    const tabs = await openTabs(setting, 'migrated', folder);
    try {
      await work(tabs);
    } finally {
      await tabs.close();
    }
  };

  it.each(['withLocks', 'withoutLocks'] as const)(
    'TB1 fifty that ask for a rollback at once, %s: exactly one run',
    { timeout: SLOW },
    (locks) =>
      inTabs(async (tabs) => {
        const all = await Promise.all(Array.from({ length: TABS }, () => tabs.open(locks)));
        const outcomes = counts((await Promise.all(all.map((tab) => tab.order('rollback')))).map(outcomeOf));
        const { rolledBack = 0, RUN_IN_PROGRESS = 0, RUN_INTERRUPTED = 0, NOT_MIGRATED = 0 } = outcomes;
        expect(rolledBack).toBeGreaterThan(0);
        // Without locks nobody can tell a run that is on from one that was interrupted.
        const refused = RUN_IN_PROGRESS + NOT_MIGRATED + (locks === 'withoutLocks' ? RUN_INTERRUPTED : 0);
        expect([outcomes, rolledBack + refused]).toEqual([outcomes, TABS]);
        const disk = await tabs.disk();
        expect(rollbacksIn(disk)).toEqual(['rolledBack']);
        expect(disk.faults).toEqual([]);
        expect(differences(disk.storage, ORIGINAL)).toEqual([]);
      }),
  );

  it.each([
    ['database.clear', 'unseen'],
    ['database.record', 'unseen'],
    ['storage.write', 'unseen'],
    ['vault.whileAbsent', 'unseen'],
    ['database.clear', 'stolen'],
    ['storage.write', 'stolen'],
  ] as const)(
    'TB2 TB3 a holder that is frozen before %s, taken over from (its lock %s), and thawed, changes nothing any more',
    { timeout: SLOW },
    (operation, lock) =>
      inTabs(async (tabs) => {
        const holder = await tabs.open();
        const still = holder.standsStill();
        const ending = holder.order('rollback', freeze(operation));
        const { letGo } = await still;
        // The page comes out of its operation into a frozen event loop.
        await holder.devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
        const next = await tabs.open(lock === 'unseen' ? 'withoutLocks' : 'withLocks');
        if (lock === 'stolen') expect(await next.order('steal')).toMatchObject({ kind: 'performed' });
        expect(outcomeOf(await next.order('recover'))).toBe('rolledBack');
        expect(differences((await tabs.disk()).storage, ORIGINAL)).toEqual([]);
        await next.order('overwrite');
        const before = everything(await tabs.disk());
        letGo();
        await holder.devTools.send('Page.setWebLifecycleState', { state: 'active' });
        const said = outcomeOf(await ending);
        expect(['rolledBack', 'DATABASE_FENCED', 'JOURNAL_CONFLICT', 'RUN_INTERRUPTED']).toContain(said);
        expect(everything(await tabs.disk())).toEqual(before);
      }),
  );

  it(
    'TB4 others close their gates, are told to load anew when it has ended, and overwrite nothing',
    { timeout: SLOW },
    () =>
      inTabs(async (tabs) => {
        const [stale, holder] = [await tabs.open(), await tabs.open()];
        await stale.order('recover');
        await stale.order('look');
        expect(outcomeOf(await holder.order('rollback'))).toBe('rolledBack');
        expect(outcomeOf(await stale.order('save'))).toBe('STORAGE_CLOSED');
        await expect
          .poll(async () => (await stale.order('look')) as Extract<PageAnswer, { kind: 'performed' }>, {
            timeout: 10_000,
          })
          .toMatchObject({ news: ['closed', 'dataChanged'] });
        expect(differences((await tabs.disk()).storage, ORIGINAL)).toEqual([]);
      }),
  );

  it(
    'TB5 what a tab writes past the gate while a rollback is on is kept before it is overwritten',
    { timeout: SLOW },
    () =>
      inTabs(async (tabs) => {
        const [stale, holder] = [await tabs.open(), await tabs.open()];
        const still = holder.standsStill();
        const ending = holder.order('merge', freeze('storage.write'));
        const { letGo } = await still;
        await stale.order('writeLate');
        letGo();
        expect(outcomeOf(await ending)).toBe('rolledBack');
        const disk = await tabs.disk();
        for (const [key, value] of Object.entries(LATE))
          expect([key, disk.storage[key] === value || disk.displaced.has(key, value)]).toEqual([key, true]);
        expect(differences(disk.storage, ORIGINAL)).toEqual([]);
      }),
  );
});
