/**
 * A process of the app. It loads everything, says that it is ready, and waits for orders: an order a line on stdin, and
 * lines about what it does on stdout, written at once, so that they are there whatever befalls it.
 */
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import type { SqlJsStatic } from 'sql.js';
import type { MigrationResult, RecoveryResult, RollbackResult } from '../../../src/index.ts';
import type { Blow } from '../episode.ts';
import { type FileApp, loadSql, openApp } from './app.ts';
import { countOperations, type OperationWatcher } from './numbered-ports.ts';
import type { Line, Order, Told, ToldRun } from './protocol.ts';

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

/** Whether the operation is the chosen one; of those that have the chosen name, the first is. */
function chooser(blow: Blow | null): (number: number, name: string) => boolean {
  const chosen = blow !== null && 'operation' in blow.at ? blow.at.operation : null;
  let first: number | null = null;
  return (number, name) => {
    if (name === chosen) first ??= number;
    return number === (typeof chosen === 'number' ? chosen : first);
  };
}

function watcherFor(blow: Blow | null, chart: () => string | null): OperationWatcher {
  const isChosen = chooser(blow);
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

const codeOf = (thrown: unknown): string => String((thrown as { readonly code?: unknown })?.code ?? thrown);

const runOf = (result: RollbackResult | MigrationResult): ToldRun => ({
  runId: result.runId,
  outcome: result.outcome,
  success: result.success,
  finalStatus: result.finalStatus,
  warnings: result.warnings.map(({ code }) => code),
});

const toldBy = (run: ToldRun): Told => ({ recovered: null, migrationState: null, run, complaints: [] });

function toldByRecovery({ action, migrationState, rollback, migration }: RecoveryResult): Told {
  const result = rollback ?? migration;
  return { recovered: action, migrationState, run: result === undefined ? null : runOf(result), complaints: [] };
}

async function act({ client }: FileApp, { action }: Order): Promise<Told> {
  if (action === 'migrate') return toldBy(runOf(await client.migrate()));
  if (action === 'recover') return toldByRecovery(await client.recover());
  if (action === 'verify') {
    const checks = [await client.verifyStorage(), await client.verifyDatabase()];
    const complaints = checks.flatMap(({ success, errors }) =>
      success ? errors : ['It does not say success.', ...errors],
    );
    return { recovered: null, migrationState: null, run: null, complaints };
  }
  const person = new AbortController();
  client.subscribe(() => {
    if (action === 'undo' && client.getSnapshot().state === 'executing.restoringStorage') person.abort();
  });
  const onDrift = action === 'merge' ? 'merge' : 'ask';
  return toldBy(runOf(await client.rollback({ reason: 'USER_REQUEST', onDrift, signal: person.signal })));
}

async function obey(SQL: SqlJsStatic, order: Order): Promise<void> {
  say({ kind: 'begun' });
  let app: FileApp | null = null;
  const chart = (): string | null => app?.client.getSnapshot().state ?? null;
  try {
    const counter = countOperations(watcherFor(order.blow, chart));
    const locks = order.locks === undefined ? {} : { locks: order.locks };
    app = await openApp(order.folder, { SQL, counter, ...locks });
    const told = await act(app, order);
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
