/**
 * A process of the app. It loads everything, says that it is ready, and waits for orders: an order a line on stdin, and
 * lines about what it does on stdout, written at once, so that they are there whatever befalls it.
 */
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import type { SqlJsStatic } from 'sql.js';
import { act, codeOf } from '../act.ts';
import { operationChooser } from '../chosen-operation.ts';
import type { Blow } from '../episode.ts';
import type { Line, Order } from '../protocol.ts';
import { type FileApp, loadSql, openApp } from './app.ts';
import { countOperations, type OperationWatcher } from './numbered-ports.ts';

const say = (line: Line): void => void fs.writeSync(1, `${JSON.stringify(line)}\n`);

const never = new Int32Array(new SharedArrayBuffer(4));

/** From here on nothing of this process happens any more. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(never, 0, 0);
}

/** Stands still as a whole, threads included, until SIGCONT. */
function freeze(number: number): void {
  say({ kind: 'freezes', number });
  process.kill(process.pid, 'SIGSTOP');
}

function watcherFor(blow: Blow | null, chart: () => string | null): OperationWatcher {
  const isChosen = operationChooser(blow);
  const hit = (number: number, name: string, moment: 'before' | 'after'): void => {
    if (!isChosen(number, name) || blow === null || !('operation' in blow.at) || blow.at.moment !== moment) return;
    if (blow.kind === 'kill') die();
    else freeze(number);
  };
  return {
    begins(number, name) {
      say({ kind: 'begins', number, name, chart: chart() });
      hit(number, name, 'before');
    },
    ends(number, name, failure) {
      hit(number, name, 'after');
      say({ kind: 'ends', number, name, failure: failure === null ? null : codeOf(failure) });
    },
  };
}

async function obey(SQL: SqlJsStatic, order: Order): Promise<void> {
  say({ kind: 'begun' });
  let app: FileApp | null = null;
  const chart = (): string | null => app?.client.getSnapshot().state ?? null;
  try {
    const counter = countOperations(watcherFor(order.blow, chart));
    const locks = order.locks === undefined ? {} : { locks: order.locks };
    app = await openApp(order.folder, { SQL, counter, ...locks });
    const told = await act(app.client, order.action);
    await app.close();
    say({ kind: 'done', told });
  } catch (thrown) {
    say({ kind: 'failed', code: codeOf(thrown), message: thrown instanceof Error ? (thrown.stack ?? '') : '' });
  }
}

async function main(): Promise<void> {
  const SQL = await loadSql();
  say({ kind: 'ready' });
  for await (const line of createInterface({ input: process.stdin })) await obey(SQL, JSON.parse(line) as Order);
}

main().then(
  () => process.exit(),
  (thrown: unknown) => {
    say({ kind: 'failed', code: codeOf(thrown), message: String(thrown) });
    process.exit(1);
  },
);
