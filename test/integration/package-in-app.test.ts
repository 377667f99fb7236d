import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium as playwright } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium } from '../../scripts/setup/programs.ts';
import { appFiles } from './app-page.ts';

const start = promisify(execFile);

/** Runs a program as if from a shell, not from a test; what it said is in the error when it fails. */
async function run(program: string, args: readonly string[], cwd = '.'): Promise<string> {
  try {
    const { stdout, stderr } = await start(program, args, { cwd, env: { ...process.env, NODE_ENV: undefined } });
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout}${stderr}`);
  }
}
const executablePath = chromium.find();

const npm = (cwd: string, ...args: string[]) =>
  run('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], cwd);

/** Why the tests cannot be run here, in words; `null` when they can. */
async function obstacle(): Promise<string | null> {
  if (executablePath === undefined) return 'Chromium is not installed';
  try {
    await npm('.', 'view', 'react@18', 'version');
    return null;
  } catch {
    return 'no npm registry answers';
  }
}

/** The package as it would be published, built and packed beside the working tree; `npm run check` checks its types. */
async function pack(folder: string): Promise<string> {
  for (const file of ['package.json', 'README.md', 'SPEC.md', 'LICENSE']) await cp(file, join(folder, file));
  await run(process.execPath, ['--import', 'tsx', 'scripts/build.ts', folder, '--noCheck']);
  return join(folder, (await npm(folder, 'pack', '--silent', '--ignore-scripts')).trim());
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Serves what was built. */
async function serve(folder: string): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(async ({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url;
    try {
      const content = await readFile(join(folder, path));
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { server, url: `http://127.0.0.1:${address.port}/` };
}

const reason = await obstacle();

describe.skipIf(reason !== null)(
  `the packed package in an empty Vite app${reason === null ? '' : `: ${reason}`}`,
  () => {
    let folder = '';
    let app = '';
    let browser: Browser | undefined;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'backpedal-app-'));
      app = join(folder, 'app');
      const staging = join(folder, 'package');
      await mkdir(app);
      await mkdir(staging);
      const tarball = await pack(staging);
      const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
      const { idb, typescript, vite, '@vitejs/plugin-react': plugin } = devDependencies;
      const manifest = {
        private: true,
        type: 'module',
        dependencies: { backpedal: `file:${tarball}`, idb },
        devDependencies: { typescript, vite, '@vitejs/plugin-react': plugin },
      };
      await writeFile(join(app, 'package.json'), JSON.stringify(manifest));
      for (const [name, text] of Object.entries(appFiles)) await writeFile(join(app, name), text);
      browser = await playwright.launch({
        ...(executablePath === undefined ? {} : { executablePath }),
        args: ['--no-sandbox', '--disable-gpu'],
      });
    }, 180_000);

    afterAll(async () => {
      await browser?.close();
      await rm(folder, { recursive: true, force: true });
    });

    it.each(['19', '18'])(
      'RE15 is type-checked, built, and rolls back in Chromium with React %s',
      async (major) => {
        const types = ['react', 'react-dom'].map((name) => `@types/${name}@${major}`);
        await npm(app, 'install', `react@${major}`, `react-dom@${major}`, ...types);
        await run(process.execPath, [resolve(app, 'node_modules/typescript/bin/tsc'), '-p', '.'], app);
        const built = await run(process.execPath, [resolve(app, 'node_modules/vite/bin/vite.js'), 'build'], app);
        expect(built).not.toMatch(/directive|externalized|not exported/i);

        const { server, url } = await serve(join(app, 'dist'));
        const page = await browser?.newPage();
        if (page === undefined) throw new Error('No page.');
        const said: string[] = [];
        page.on('console', (message) => said.push(message.text()));
        page.on('pageerror', (error) => said.push(error.message));
        const seen = async (what: string): Promise<Record<string, unknown>> => {
          await page.waitForFunction((text) => document.querySelector('#seen')?.textContent?.includes(text), what);
          return JSON.parse((await page.textContent('#seen')) ?? '');
        };
        await page.goto(url);
        await seen('NOT_STARTED');
        expect(await page.textContent('#react')).toMatch(new RegExp(`^${major}\\.`));
        await page.click('text=Migrate');
        await seen('"isPending":false,"isError":false,"question":null,"rows":0,"migrationState":"MIGRATED"');
        expect(await page.textContent('#restored')).toBe('false');
        await page.click('text=Check');
        expect(await seen('"possible":true')).toMatchObject({ rows: 2, isPending: false });
        await page.click('text=Roll back');
        expect(await seen('rolledBack')).toMatchObject({
          stage: 'COMPLETED',
          progress: 100,
          percent: 100,
          migrationState: 'ROLLED_BACK',
        });
        expect(await page.textContent('#restored')).toBe('true');
        expect(said).toEqual([]);
        await page.close();
        server.close();
      },
      120_000,
    );
  },
);
