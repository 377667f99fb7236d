import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright';
import { launchBrowser, type RealBrowser } from '../../browser/browser.ts';
import type { Blow } from '../episode.ts';
import type { Disk } from '../node/disk/disk.ts';
import type { Action, Told } from '../protocol.ts';
import { diskOf } from './disk.ts';
import type { Dump } from './dump.ts';
import type { PageAnswer, PageOrder } from './page-protocol.ts';
import type { Prelude } from './scenarios.ts';
import type { EpisodeEnds, Served } from './served.ts';

/** How an order ended. */
export type Ending =
  | { readonly end: 'done'; readonly told: Told }
  | { readonly end: 'failed'; readonly code: string; readonly message: string }
  /** The browser is no more, or its tab is not. `told` is what the page had said before that. */
  | { readonly end: 'struck'; readonly told: Told | null }
  /** It neither came to an end nor died. */
  | { readonly end: 'hangs' };

/** A browser with one tab of the app, or none. */
export interface AppBrowser {
  /** The latest operation that the tab has begun. */
  readonly last: { readonly number: number; readonly name: string; readonly chart: string | null } | null;
  readonly isAlive: boolean;
  /** Has a new tab do what an order says; resolves when it has ended, or something has befallen it. */
  order(action: Action, blow: Blow | null): Promise<Ending>;
  /** Has the tab, or a new one, do something that nothing befalls. @throws Error when it fails */
  perform(deed: Prelude): Promise<Told | null>;
  /** What lies in the browser, read by a page without the library. */
  look(): Promise<Disk>;
  /** Ends the browser as a person does. */
  quit(): Promise<void>;
  kill(): Promise<void>;
}

/** Nothing here takes as long; it only ends what hangs, which is a fault of its own. */
const PATIENCE = 60_000;

/** What befalls a tab or its browser. */
async function strike(browser: RealBrowser, page: Page, kind: Blow['kind']): Promise<void> {
  if (kind === 'kill') return browser.kill();
  if (kind === 'closeTab') return page.close({ runBeforeUnload: false });
  const crashed = page.waitForEvent('crash', { timeout: 10_000 });
  await browser.signalRenderers('SIGKILL');
  await crashed;
}

const afterEnd = (blow: Blow | null) => (blow !== null && 'afterEnd' in blow.at ? blow.at : null);

/** Gives an order to a tab; rejects when the tab is gone before it has answered. */
export const tell = async (page: Page, order: PageOrder): Promise<PageAnswer> =>
  JSON.parse(await page.evaluate<string>(`globalThis.order(${JSON.stringify(JSON.stringify(order))})`)) as PageAnswer;

const gone = (thrown: unknown): Ending => ({
  end: 'failed',
  code: 'GONE',
  message: `The page was gone by itself: ${String(thrown)}`,
});

/** Gives an order to a tab, and has the blow strike it when its time has come, or when the page says that it has. */
function orderAndStrike(
  { browser, page, ends }: { readonly browser: RealBrowser; readonly page: Page; readonly ends: EpisodeEnds },
  { action, blow }: PageOrder,
): Promise<Ending> {
  let state: 'working' | 'answered' | 'struck' = 'working';
  const struck = new Promise<Ending>((resolve, reject) => {
    const now = (): void => {
      if (blow === null || state !== 'working') return;
      state = 'struck';
      strike(browser, page, blow.kind).then(() => resolve({ end: 'struck', told: null }), reject);
    };
    ends.strike = () => {
      now();
      // Never answered: the page stands still until it is no more.
      return new Promise(() => {});
    };
    if (blow !== null && 'milliseconds' in blow.at) setTimeout(now, blow.at.milliseconds);
  });
  const answered = async (said: PageAnswer): Promise<Ending> => {
    // It had said so in the instant in which it was struck.
    if (state === 'struck') return struck;
    state = 'answered';
    if (said.kind === 'failed') return { end: 'failed', code: said.code, message: said.message };
    const told = said.kind === 'done' ? said.told : null;
    const after = afterEnd(blow);
    if (after === null || blow === null) return told === null ? { end: 'hangs' } : { end: 'done', told };
    if (after.page === 'reloaded') await page.reload();
    await pause(after.afterEnd);
    await strike(browser, page, blow.kind);
    return { end: 'struck', told };
  };
  // A page that is struck down answers nothing.
  const answer = tell(page, { action, blow }).then(answered, (thrown: unknown) =>
    Promise.race([struck, pause(5000, gone(thrown))]),
  );
  const patience = PATIENCE + (afterEnd(blow)?.afterEnd ?? 0);
  return Promise.race([struck, answer, pause(patience, { end: 'hangs' } as const, { ref: false })]);
}

/** Opens a browser on a profile, with no tab of the app in it yet. */
export async function openAppBrowser(
  { SQL, site, episodes }: Served,
  { profile, episode }: { readonly profile: string; readonly episode: string },
): Promise<AppBrowser> {
  const browser = await launchBrowser({ profile });
  const ends = episodes.get(episode);
  if (ends === undefined) throw new Error(`There is no episode ${episode}.`);
  let alive = true;
  let tab: Page | null = null;
  let last: AppBrowser['last'] = null;
  const newTab = async (): Promise<Page> => {
    await tab?.close().catch(() => {});
    tab = await browser.open(`${site.origin}/app?episode=${episode}`);
    tab.on('console', (message) => {
      if (message.type() === 'debug') last = JSON.parse(message.text()) as AppBrowser['last'];
    });
    await tab.waitForFunction('globalThis.order !== undefined');
    return tab;
  };
  return {
    get last() {
      return last;
    },
    get isAlive() {
      return alive;
    },
    async order(action, blow) {
      last = null;
      const ending = await orderAndStrike({ browser, page: await newTab(), ends }, { action, blow });
      if (ending.end === 'struck' && blow?.kind === 'kill') alive = false;
      return ending;
    },
    async perform(deed) {
      const answer = await tell(await newTab(), { action: deed, blow: null });
      if (answer.kind === 'failed') throw new Error(`${deed} failed: ${answer.code} ${answer.message}`);
      return answer.kind === 'done' ? answer.told : null;
    },
    async look() {
      const page = await browser.open(`${site.origin}/look`);
      await page.waitForFunction('globalThis.look !== undefined');
      const dump = JSON.parse(await page.evaluate<string>('globalThis.look()')) as Dump;
      await page.close();
      return diskOf(SQL, dump, ends.notices);
    },
    quit: () => browser.quit(),
    kill: () => browser.kill(),
  };
}
