import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright';
import { launchBrowser, type RealBrowser } from '../../scripts/browser/browser.ts';
import { tell } from '../../scripts/crash/chromium/app-browser.ts';
import { diskOf } from '../../scripts/crash/chromium/disk.ts';
import type { Dump } from '../../scripts/crash/chromium/dump.ts';
import type { PageAnswer, PageOrder } from '../../scripts/crash/chromium/page-protocol.ts';
import { type EpisodeEnds, unstruck } from '../../scripts/crash/chromium/served.ts';
import type { ChromiumSetting } from '../../scripts/crash/chromium/setting.ts';
import type { Disk } from '../../scripts/crash/node/disk/disk.ts';
import type { Beginning } from '../../scripts/crash/node/world.ts';

/** A tab of the app. */
export interface Tab {
  readonly page: Page;
  readonly devTools: CDPSession;
  /** Gives an order to the app that is open in it. */
  order(action: PageOrder['action'], blow?: PageOrder['blow']): Promise<PageAnswer>;
  /** Resolves when the tab has come to the operation of its blow, where it stands still until it is let go. */
  standsStill(): Promise<{ readonly letGo: () => void }>;
}

/** A browser with several tabs of the app. */
export interface TabWorld {
  readonly browser: RealBrowser;
  /** Opens a tab, and the app in it. `withoutLocks`: its page has no Web Locks. */
  open(locks?: 'withLocks' | 'withoutLocks'): Promise<Tab>;
  disk(): Promise<Disk>;
  close(): Promise<void>;
}

let worlds = 0;

/** A browser on a copy of a prepared world. Tabs share eight processes. */
export async function openTabs(setting: ChromiumSetting, beginning: Beginning, folder: string): Promise<TabWorld> {
  const profile = join(folder, `tabs-${++worlds}`);
  await cp(setting.worlds[beginning], profile, { recursive: true });
  const browser = await launchBrowser({ profile, args: ['--renderer-process-limit=8'] });
  const { origin } = setting.site;
  const all = new Set<string>();
  const open: TabWorld['open'] = async (locks = 'withLocks') => {
    const episode = `tab-${worlds}-${all.size}`;
    const ends: EpisodeEnds = unstruck();
    setting.episodes.set(episode, ends);
    all.add(episode);
    const page = await browser.context.newPage();
    if (locks === 'withoutLocks') await page.addInitScript('delete Navigator.prototype.locks');
    await page.goto(`${origin}/app?episode=${episode}`);
    await page.waitForFunction('globalThis.order !== undefined');
    const order: Tab['order'] = (action, blow = null) =>
      tell(page, { action, blow, app: blow === null && action !== 'open' ? 'open' : 'new' });
    await order('open');
    return {
      page,
      devTools: await browser.context.newCDPSession(page),
      order,
      standsStill: () =>
        new Promise((resolve) => {
          ends.strike = () => new Promise((letGo) => resolve({ letGo: () => letGo() }));
        }),
    };
  };
  return {
    browser,
    open,
    async disk() {
      const page = await browser.open(`${origin}/look`);
      await page.waitForFunction('globalThis.look !== undefined');
      const dump = JSON.parse(await page.evaluate<string>('globalThis.look()')) as Dump;
      await page.close();
      return diskOf(setting.SQL, dump, new Set());
    },
    close: () => browser.kill(),
  };
}
