import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPages } from '../../browser/bundle.ts';
import { serveSite } from '../../browser/site.ts';
import { loadSql } from '../node/app.ts';
import { type Disk, imageOf } from '../node/disk/disk.ts';
import type { RowsOfWorlds } from '../node/judge.ts';
import type { Beginning } from '../node/world.ts';
import { type AppBrowser, openAppBrowser } from './app-browser.ts';
import type { Prelude } from './scenarios.ts';
import { type EpisodeEnds, type Served, unstruck } from './served.ts';

const PAGES = fileURLToPath(new URL('page/', import.meta.url));

/** What all episodes share. */
export interface ChromiumSetting extends Served {
  /** The profiles of the worlds in which scenarios begin, to be copied. */
  readonly worlds: Readonly<Record<Beginning, string>>;
  readonly rows: RowsOfWorlds;
  /** How many runs the journals have there. */
  readonly runsBefore: Readonly<Record<Beginning, number>>;
}

/** Has a page do something in a profile, ends the browser in good order, and reads what lies there then. */
async function prepare(setting: Served, profile: string, deeds: readonly Prelude[]): Promise<Disk> {
  const browser: AppBrowser = await openAppBrowser(setting, { profile, episode: 'setting' });
  for (const deed of deeds) await browser.perform(deed);
  await browser.quit();
  const next = await openAppBrowser(setting, { profile, episode: 'setting' });
  const disk = await next.look();
  await next.quit();
  return disk;
}

/** Builds the pages, serves them, and prepares the worlds. */
export async function openChromiumSetting(folder: string): Promise<ChromiumSetting> {
  const episodes = new Map<string, EpisodeEnds>([['setting', unstruck()]]);
  const pages = await bundledPages({ '/app': join(PAGES, 'app-page.ts'), '/look': join(PAGES, 'look.ts') });
  const site = await serveSite(pages, async (path, text) => {
    const [, kind, episode = ''] = path.split('/');
    const ends = episodes.get(episode);
    if (kind === 'notice') ends?.notices.add(text);
    if (kind === 'strike') await ends?.strike(Number(text));
  });
  const setting = { SQL: await loadSql(), site, episodes };
  const worlds = {
    original: join(folder, 'original'),
    migrated: join(folder, 'migrated'),
    drifted: join(folder, 'drifted'),
  };
  await mkdir(folder, { recursive: true });
  const original = await prepare(setting, worlds.original, ['create']);
  await cp(worlds.original, worlds.migrated, { recursive: true });
  const migrated = await prepare(setting, worlds.migrated, ['migrate']);
  await cp(worlds.migrated, worlds.drifted, { recursive: true });
  const drifted = await prepare(setting, worlds.drifted, ['work']);
  const of = <T>(look: (disk: Disk) => T): Record<Beginning, T> => ({
    original: look(original),
    migrated: look(migrated),
    drifted: look(drifted),
  });
  return {
    ...setting,
    worlds,
    rows: of((disk) => imageOf(disk).rows),
    runsBefore: of(({ journal }) => journal.runs.length),
  };
}
