import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type RealBrowser } from '../../scripts/browser/browser.ts';
import { chromium } from '../../scripts/setup/programs.ts';

const SLOW = 180_000;
const hasChromium = chromium.find() !== undefined;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server: ViteDevServer;
let address: string;
let profiles: string;
let count = 0;

const move = (page: Page): Promise<void> => page.getByRole('button', { name: 'Move to the database' }).click();
const takeBack = (page: Page) => page.getByRole('button', { name: 'Take it back' });
const done = (page: Page): Promise<void> => page.getByText('Your data is back').first().waitFor();
const titles = (page: Page): Promise<string[]> =>
  page
    .getByRole('textbox', { name: 'Title' })
    .evaluateAll((fields) => fields.map((field) => (field as unknown as { value: string }).value));
const stored = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>('localStorage.getItem("task-store")');

/** Changes a row, adds one, and removes one. */
async function work(page: Page): Promise<void> {
  const title = page.getByRole('textbox', { name: 'Title' }).first();
  await title.fill('Changed after the migration');
  await title.press('Enter');
  await page.getByRole('textbox', { name: 'New task' }).fill('Added after the migration');
  await page.keyboard.press('Enter');
  await expect.poll(() => titles(page)).toEqual(expect.arrayContaining(['Added after the migration']));
  await page.getByRole('button', { name: 'Remove: Prune the apple tree' }).click();
  await expect.poll(() => titles(page)).not.toContain('Prune the apple tree');
}

/** Whether a page's own thread does anything at all; two seconds without an answer are none. */
const answers = (page: Page): Promise<boolean> =>
  Promise.race([
    page.evaluate<boolean>('true'),
    new Promise<boolean>((resolve) => setTimeout(resolve, 2000, false)),
  ]).catch(() => false);

async function confirm(page: Page, choice: 'Carry the changes over' | 'Leave the changes out' | null): Promise<void> {
  await takeBack(page).click();
  if (choice !== null) await page.getByRole('radio', { name: choice }).check();
  if (choice === 'Leave the changes out') await page.getByRole('dialog').getByRole('textbox').fill('discard');
  await page.getByRole('button', { name: 'Roll back now' }).click();
}

describe.skipIf(!hasChromium)('the example app', () => {
  beforeAll(async () => {
    profiles = await mkdtemp(join(tmpdir(), 'backpedal-example-'));
    server = await createServer({
      configFile: 'examples/tasks/vite.config.ts',
      server: { port: 0 },
      logLevel: 'error',
    });
    await server.listen();
    address = server.resolvedUrls?.local[0] ?? '';
    // The first page has everything transformed, so that the tests wait for nothing but the app.
    await inApp(async () => {});
  }, SLOW);

  afterAll(async () => {
    await server.close();
    await rm(profiles, { recursive: true, maxRetries: 10 });
  }, SLOW);

  async function inApp(play: (page: Page, browser: RealBrowser) => Promise<void>): Promise<void> {
    const browser = await launchBrowser({ profile: join(profiles, `${++count}`) });
    try {
      const page = await browser.open(address);
      page.setDefaultTimeout(60_000);
      await page.getByRole('textbox', { name: 'Title' }).first().waitFor();
      await play(page, browser);
    } finally {
      await browser.kill();
    }
  }

  it(
    'EX1 EX2 works on rows after its migration, shows what that changed, and takes it back with the changes',
    { timeout: SLOW },
    () =>
      inApp(async (page) => {
        await move(page);
        await takeBack(page).waitFor();
        expect(await stored(page)).toBeNull();
        await work(page);
        await confirm(page, 'Carry the changes over');
        await done(page);
        const after = await titles(page);
        expect(after).toEqual(expect.arrayContaining(['Changed after the migration', 'Added after the migration']));
        expect(after).not.toContain('Prune the apple tree');
        expect(await stored(page)).toContain('Added after the migration');
      }),
  );

  it('EX2 leaves the changes out, or everything as it is, as the person chooses', { timeout: SLOW }, () =>
    inApp(async (page) => {
      const before = await stored(page);
      await move(page);
      await takeBack(page).waitFor();
      await work(page);
      await takeBack(page).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      expect(await titles(page)).toContain('Added after the migration');
      await confirm(page, 'Leave the changes out');
      await done(page);
      expect(await stored(page)).toBe(before);
    }),
  );

  it.each(['in Clear Database', 'in Restore LocalStorage', 'in Clean State'])(
    'EX3 the tab is killed %s, and the next start finishes what it had begun',
    { timeout: SLOW },
    (moment) =>
      inApp(async (page) => {
        const before = await stored(page);
        await move(page);
        await takeBack(page).waitFor();
        await page.getByText('Break things').click();
        await page.getByRole('combobox', { name: 'Kill the tab' }).selectOption(moment.replace('in ', ''));
        await page.getByRole('button', { name: 'Arm' }).click();
        const reloaded = page.waitForEvent('load');
        await confirm(page, null);
        await reloaded;
        await done(page);
        expect(await stored(page)).toBe(before);
      }),
  );

  it(
    'EX3 a script that never ends is ended with its tab, and the next tab finishes what it had begun',
    { timeout: SLOW },
    () =>
      inApp(async (page, browser) => {
        const before = await stored(page);
        await move(page);
        await takeBack(page).waitFor();
        await page.getByText('Break things').click();
        await page.getByRole('combobox', { name: 'Kill the tab' }).selectOption('Restore LocalStorage');
        await page.getByRole('combobox', { name: 'by' }).selectOption('hang');
        await page.getByRole('button', { name: 'Arm' }).click();
        await confirm(page, null);
        await expect.poll(() => answers(page), { timeout: 60_000 }).toBe(false);
        await browser.signalRenderers('SIGKILL');
        const next = await browser.open(address);
        await done(next);
        expect(await stored(next)).toBe(before);
      }),
  );

  it(
    'EX4 a storage without room costs nothing: the plan says so, and with room again all comes back',
    { timeout: SLOW },
    () =>
      inApp(async (page) => {
        const before = await titles(page);
        await move(page);
        await takeBack(page).waitFor();
        await page.getByText('Break things').click();
        await page.getByRole('button', { name: 'Fill the quota' }).click();
        await takeBack(page).click();
        await page
          .getByRole('dialog')
          .getByText(/characters of room/)
          .first()
          .waitFor();
        await page.getByRole('button', { name: 'Cancel' }).click();
        expect((await titles(page)).sort()).toEqual(before.sort());
        await page.getByRole('button', { name: 'Make room' }).click();
        await confirm(page, null);
        await done(page);
        expect((await titles(page)).sort()).toEqual(before.sort());
      }),
  );

  it('EX5 after a log-out nothing is brought back unasked', { timeout: SLOW }, () =>
    inApp(async (page) => {
      const before = await stored(page);
      await move(page);
      await takeBack(page).waitFor();
      await confirm(page, null);
      await done(page);
      await page.getByText('Break things').click();
      const reloaded = page.waitForEvent('load');
      await page.getByRole('button', { name: 'Log out' }).click();
      await reloaded;
      await page.getByRole('radio').first().waitFor();
      expect(await stored(page)).toBeNull();
      await page.getByRole('radio', { name: 'Put the data back' }).check();
      await page.locator('form').getByRole('textbox').last().fill('restore');
      await page.getByRole('button', { name: 'Go on with this' }).click();
      await expect.poll(() => stored(page), { timeout: 30_000 }).toBe(before);
    }),
  );

  it('EX6 another tab shows the run, and is told to load anew when it has ended', { timeout: SLOW }, () =>
    inApp(async (page, browser) => {
      const other = await browser.open(address);
      await other.getByRole('textbox', { name: 'Title' }).first().waitFor();
      await move(page);
      await other.getByText('Another tab has moved your data').waitFor();
      await other.getByRole('button', { name: 'Reload' }).click();
      await takeBack(other).waitFor();
      expect((await titles(other)).length).toBeGreaterThan(0);
    }),
  );

  it(
    'EX8 with a damaged backup another copy is looked for, and what was put together is asked about',
    { timeout: SLOW },
    () =>
      inApp(async (page) => {
        const before = (await titles(page)).sort();
        await move(page);
        await takeBack(page).waitFor();
        await page.getByText('Break things').click();
        await page.getByRole('button', { name: 'Damage the backup' }).click();
        await page.getByText('A character was changed in 1 backups.').waitFor();
        await takeBack(page).click();
        await page.getByRole('button', { name: 'Look for another copy' }).click();
        await page.getByRole('radio', { name: 'Use what was put together' }).check();
        await page.locator('form').getByRole('textbox').last().fill('reconstruction');
        await page.getByRole('button', { name: 'Go on with this' }).click();
        await done(page);
        await expect.poll(async () => (await titles(page)).sort(), { timeout: 30_000 }).toEqual(before);
      }),
  );

  it.each(['light', 'dark'] as const)('EX7 has no fault that axe finds, %s', { timeout: SLOW }, (colorScheme) =>
    inApp(async (page) => {
      await page.emulateMedia({ colorScheme });
      await page.getByText('Break things').click();
      await page.evaluate(AXE);
      const faults = (): Promise<string[]> =>
        page.evaluate<string[]>(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" ")))',
        );
      expect(await faults()).toEqual([]);
      await move(page);
      await takeBack(page).click();
      await page.getByRole('button', { name: 'Roll back now' }).waitFor();
      expect(await faults()).toEqual([]);
    }),
  );
});
