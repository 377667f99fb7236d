import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Line, Order, Told } from '../protocol.ts';

/** An operation that a process began, and how it ended, if it did. */
export interface Trace {
  readonly number: number;
  readonly name: string;
  readonly chart: string | null;
  ended: 'no' | 'well' | string;
}

/** How an order ended. */
export type Ending =
  | { readonly end: 'done'; readonly told: Told }
  | { readonly end: 'failed'; readonly code: string; readonly message: string }
  | { readonly end: 'killed' }
  | { readonly end: 'frozen' }
  /** It neither came to an end nor died. */
  | { readonly end: 'hangs' };

/** A process of the app that has loaded everything and waits to be told what to do. */
export interface AppProcess {
  /** When it has loaded everything; orders that are given before wait for it. */
  readonly ready: Promise<void>;
  /** The operations of its latest order. */
  readonly trace: readonly Trace[];
  /** Gives an order; resolves when it has ended, one way or the other. Time-outs of a blow count from its beginning. */
  order(order: Order): Promise<Ending>;
  /** SIGCONT after `frozen`; resolves when the order has ended after all. */
  thaw(): Promise<Ending>;
  /** Lets it go, when it has done what it was told. */
  leave(): Promise<void>;
  /** Ends it, if it has not ended. */
  end(): Promise<void>;
}

/** Nothing here takes as long; it only ends what hangs, which is a fault of its own. */
const PATIENCE = 60_000;

/** Whether the kernel has stopped a process; where it cannot be asked, some time is all there is. */
async function untilStopped(pid: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
    if (stat === null) return pause(200);
    if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')) return;
    await pause(2);
  }
  throw new Error(`The process ${pid} does not stop.`);
}

/**
 * The time of a process is too short for WebAssembly to be optimized. In a group of its own, since Ctrl-C is for the
 * one that counts; it ends with its stdin.
 */
const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--liftoff-only', ...args], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });

/** Starts a process from a prepared program; it loads while nobody waits for it. */
export function startAppProcess(program: string, ...args: readonly string[]): AppProcess {
  const child = start([program, ...args]);
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error(`${program} could not be started.`);
  // A process that is killed does not read what it is told.
  stdin.on('error', () => {});
  let trace: Trace[] = [];
  let timer: NodeJS.Timeout | undefined;
  let kill: number | null = null;
  let settle: (ending: Ending) => void = () => {};
  let loaded = (): void => {};
  const ready = new Promise<void>((resolve) => {
    loaded = resolve;
  });
  const gone = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    // `close` follows when everything that it wrote has been read.
    child.on('close', (_code, signal) => resolve(signal));
  });
  let isStruck = false;
  const strike = (): void => {
    isStruck = child.kill('SIGKILL');
  };
  const take = (line: Line): void => {
    if (line.kind === 'begins') trace.push({ number: line.number, name: line.name, chart: line.chart, ended: 'no' });
    else if (line.kind === 'ends') {
      const operation = trace.find(({ number }) => number === line.number);
      if (operation !== undefined) operation.ended = line.failure ?? 'well';
    } else if (line.kind === 'begun') {
      if (kill !== null) timer = setTimeout(strike, kill);
    } else if (line.kind === 'freezes') {
      void untilStopped(pid).then(() => settle({ end: 'frozen' }));
    } else if (line.kind === 'ready') loaded();
    else if (line.kind === 'done') settle({ end: 'done', told: line.told });
    else if (line.kind === 'failed') settle({ end: 'failed', code: line.code, message: line.message });
  };
  createInterface({ input: stdout }).on('line', (text) => take(JSON.parse(text) as Line));

  const untilEnded = async (): Promise<Ending> => {
    const answer = new Promise<Ending>((resolve) => {
      settle = resolve;
    });
    const death = gone.then((signal): Ending => {
      if (signal === 'SIGKILL') return { end: 'killed' };
      return { end: 'failed', code: 'EXIT', message: `The process ended by itself (${signal ?? 'no signal'}).` };
    });
    let hanging: NodeJS.Timeout | undefined;
    const patience = new Promise<Ending>((resolve) => {
      hanging = setTimeout(() => resolve({ end: 'hangs' }), PATIENCE);
    });
    try {
      const ending = await Promise.race([answer, death, patience]);
      // The blow fell after the last word, which was still on its way: whoever goes on has to know of it.
      return isStruck ? await death : ending;
    } finally {
      clearTimeout(hanging);
      clearTimeout(timer);
    }
  };
  return {
    ready,
    get trace() {
      return trace;
    },
    order(order) {
      trace = [];
      kill = order.blow !== null && 'milliseconds' in order.blow.at ? order.blow.at.milliseconds : null;
      stdin.write(`${JSON.stringify(order)}\n`);
      return untilEnded();
    },
    thaw() {
      const ended = untilEnded();
      child.kill('SIGCONT');
      return ended;
    },
    async leave() {
      stdin.end();
      await gone;
    },
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await gone;
    },
  };
}
