/** `npm run screenshots`: takes the pictures of the README anew, of the example app in a real Chromium. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { createServer } from 'vite';
import { launchBrowser } from './browser/browser.ts';

const FOLDER = 'docs/images';
const WIDE = { width: 1240, height: 780 };
const TALL = { width: 1240, height: 1180 };
const NARROW = { width: 420, height: 860 };

const shot = async (page: Page, name: string): Promise<void> => {
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  console.log(`${FOLDER}/${name}.png`);
};

/** Somebody changes rows after the migration. */
async function work(page: Page): Promise<void> {
  const title = page.getByRole('textbox', { name: 'Title' }).first();
  await title.fill('Write the announcement, in two languages');
  await title.press('Enter');
  await page.getByRole('checkbox', { name: /seeds/ }).check();
  await page.getByRole('textbox', { name: 'New task' }).fill('Added after the migration');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('textbox', { name: 'Title' }).filter({ visible: true }).nth(8).waitFor();
}

async function takeAll(page: Page, address: string): Promise<void> {
  await page.setViewportSize(WIDE);
  await page.goto(address);
  await page.getByRole('button', { name: 'Move to the database' }).waitFor();
  await shot(page, 'tasks');
  await page.getByRole('button', { name: 'Move to the database' }).click();
  await page.getByRole('button', { name: /Take it back/ }).waitFor();
  await work(page);
  await page.getByRole('button', { name: /Take it back/ }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('radio').first().waitFor();
  await page.getByRole('radio').first().check();
  await page.setViewportSize(TALL);
  await shot(page, 'drift');
  await page.setViewportSize(WIDE);
  // The tab dies in the middle of it, and the next start finishes the rollback.
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Break things').click();
  await page.getByRole('button', { name: 'Arm' }).click();
  await page.getByRole('button', { name: /Take it back/ }).click();
  await page.getByRole('radio').first().check();
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Roll back now' }).click()]);
  await page.getByText('localStorage', { exact: true }).first().waitFor();
  await page.getByRole('textbox', { name: 'Title' }).first().waitFor();
  await page.waitForTimeout(500);
  await shot(page, 'recovered');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(NARROW);
  await shot(page, 'narrow');
}

await mkdir(FOLDER, { recursive: true });
const profile = await mkdtemp(join(tmpdir(), 'backpedal-screenshots-'));
const server = await createServer({
  configFile: 'examples/tasks/vite.config.ts',
  server: { port: 0 },
  logLevel: 'error',
});
await server.listen();
const browser = await launchBrowser({ profile, args: ['--hide-scrollbars'] });
try {
  const page = await browser.context.newPage();
  page.on('pageerror', (error) => console.error(String(error)));
  await takeAll(page, server.resolvedUrls?.local[0] ?? '');
} finally {
  await browser.kill();
  await server.close();
  await rm(profile, { recursive: true, maxRetries: 10 });
}
