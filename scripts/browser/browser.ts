import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type BrowserContext, type CDPSession, chromium as driver, type Page } from 'playwright';
import { chromium } from '../setup/programs.ts';

/** A Chromium of its own process and profile, driven through the DevTools protocol. */
export interface RealBrowser {
  /** The browser process; renderers and the others are its children. */
  readonly pid: number;
  readonly context: BrowserContext;
  /** Of the browser as a whole. */
  readonly devTools: CDPSession;
  /** Opens a tab. */
  open(url: string): Promise<Page>;
  /** SIGKILL to the browser process, which takes its children along. Idempotent. */
  kill(): Promise<void>;
  /** SIGKILL, SIGSTOP or SIGCONT to every renderer process. */
  signalRenderers(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Ends it as a person does, so that it writes down what it still has to. */
  quit(): Promise<void>;
}

/** How a browser is started. */
export interface BrowserOptions {
  /** The folder of its profile; made if it is not there. */
  readonly profile: string;
  readonly args?: readonly string[];
}

/** A browser in a container that talks to nobody but the tests. */
const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-crash-reporter',
  '--disable-breakpad',
  // A process for pages to come would be killed along with those that show one.
  '--disable-features=SpareRendererForSitePerProcess',
  '--no-first-run',
  '--no-default-browser-check',
  '--remote-debugging-port=0',
];

/** Nothing here takes as long; it only ends what hangs. */
const PATIENCE = 30_000;

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** The address at which the browser listens, which it says on stderr. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Chromium does not start:\n${said}`)), PATIENCE);
    child.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk.toString();
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}:\n${said}`)));
  });
}

/** Its children outlive it by an instant, in which they still write into the profile. */
async function untilGroupIsGone(group: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      process.kill(-group, 0);
    } catch {
      return;
    }
    await pause(10);
  }
}

/** Starts a browser. @throws Error when there is none on this machine, or it does not start */
export async function launchBrowser({ profile, args = [] }: BrowserOptions): Promise<RealBrowser> {
  const program = chromium.find();
  if (program === undefined) throw new Error('Chromium is not installed; set BACKPEDAL_CHROMIUM to its path.');
  // In a group of its own, since Ctrl-C is for the one that drives it.
  const child = spawn(program, [...ARGUMENTS, `--user-data-dir=${profile}`, ...args, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  alive.add(child);
  const gone = once(child, 'exit').then(async () => {
    alive.delete(child);
    await untilGroupIsGone(child.pid ?? 0);
  });
  const connection = await driver.connectOverCDP(await addressOf(child), { timeout: PATIENCE });
  const [context] = connection.contexts();
  if (context === undefined || child.pid === undefined) throw new Error('Chromium has no window.');
  context.setDefaultTimeout(4 * PATIENCE);
  const session = await connection.newBrowserCDPSession();
  return {
    pid: child.pid,
    context,
    devTools: session,
    async open(url) {
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async signalRenderers(signal) {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, signal);
    },
    async quit() {
      let isKilled = false;
      const patience = setTimeout(() => {
        isKilled = true;
        child.kill('SIGKILL');
      }, 4 * PATIENCE);
      await session.send('Browser.close').catch(() => {});
      await gone;
      clearTimeout(patience);
      // Killed, it has not written down what people were shown, which is nobody's fault but the machine's.
      if (isKilled) throw new Error('Chromium did not end by itself in time, and was killed.');
    },
  };
}
