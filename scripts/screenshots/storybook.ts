/**
 * Takes the pictures of Storybook that documents show: `npm run build-storybook`, then this. Light and dark, into
 * docs/images. Names as arguments take only those.
 */
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { chromium as program } from '../setup/programs.ts';

const LARGEST = 150 * 1024;
const wanted = process.argv.slice(2);
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'storybook-static');
const images = join(root, 'docs/images');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** A picture: of which story, and what is done before it is taken. */
interface Picture {
  readonly name: string;
  readonly story: string;
  readonly width: number;
  readonly height: number;
  /** `whole`: with Storybook's own list beside it. */
  readonly frame: 'whole' | 'story';
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Leads the time-line back to the moment at which the data is being put back. */
async function backToTheMiddle(page: Page): Promise<void> {
  page.setDefaultTimeout(90_000);
  await page.getByRole('heading', { name: 'Your data is back', exact: true }).waitFor();
  const slider = page.getByRole('slider');
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await page.getByText(/executing\.restoringStorage/).count()) > 0) break;
    await slider.press('ArrowLeft');
  }
  // The lower half of the tab, and what is where.
  await page.mouse.wheel(0, 340);
}

const pictures: readonly Picture[] = [
  {
    name: 'charts',
    story: 'statecharts--rollback',
    width: 1280,
    height: 760,
    frame: 'whole',
    prepare: async (page) => {
      await page.frameLocator('iframe').getByRole('heading', { name: 'Emptying the cache' }).waitFor();
    },
  },
  {
    name: 'flow',
    story: 'flows-rollback--drift-is-merged',
    width: 1180,
    height: 720,
    frame: 'story',
    prepare: backToTheMiddle,
  },
  {
    name: 'confirmation',
    story: 'components-plan-and-confirmation--with-drift',
    width: 760,
    height: 860,
    frame: 'story',
  },
  { name: 'safe-mode', story: 'states-rollback--safe-mode', width: 1080, height: 640, frame: 'story' },
];

function serve(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const path = normalize(new URL(url ?? '/', 'http://localhost').pathname);
    const file = join(built, path.endsWith('/') ? `${path}index.html` : path);
    if (!file.startsWith(built) || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

async function take(browser: Browser, base: string, picture: Picture, theme: 'light' | 'dark'): Promise<void> {
  const { name, story, width, height, frame, prepare } = picture;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
  const globals = `globals=theme:${theme}`;
  const url =
    frame === 'whole'
      ? `${base}/?path=/story/${story}&panel=false&${globals}`
      : `${base}/iframe.html?id=${story}&viewMode=story&${globals}`;
  await page.goto(url);
  const place = frame === 'whole' ? page.frameLocator('iframe').locator('body') : page.locator('body');
  await place.locator('#storybook-root > *').first().waitFor({ state: 'attached', timeout: 60_000 });
  await prepare?.(page);
  await page.waitForTimeout(1500);
  const file = join(images, `${name}-${theme}.png`);
  await page.screenshot({ path: file });
  await page.close();
  const { size } = statSync(file);
  console.log(`docs/images/${name}-${theme}.png ${Math.round(size / 1024)} kB`);
  if (size > LARGEST) throw new Error(`${file} is larger than ${LARGEST / 1024} kB.`);
}

if (!existsSync(join(built, 'index.html'))) throw new Error('There is no storybook-static: npm run build-storybook.');
mkdirSync(images, { recursive: true });
const server = await serve();
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
const executablePath = program.find();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const picture of pictures.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    for (const theme of ['light', 'dark'] as const) await take(browser, `http://127.0.0.1:${port}`, picture, theme);
  }
} finally {
  await browser.close();
  server.close();
}
