import type { CDPSession } from 'playwright';

/** What is read of an event of Chromium's trace. Times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Of the thread's own time, whatever else the machine does. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** A task of the page's main thread. */
export interface TracedTask {
  /** Milliseconds of the processor. */
  readonly processor: number;
  /** The last mark before its end. */
  readonly mark: string;
}

const CATEGORIES = ['toplevel', 'disabled-by-default-devtools.timeline', 'blink.user_timing', '__metadata'];
const TASKS = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);

/** The tasks between the marks `bench:begin` and `bench:end`, on the main thread of the page that set them. */
function tasksIn(events: readonly TraceEvent[]): readonly TracedTask[] {
  const begin = events.find(({ name }) => name === 'bench:begin');
  const end = events.find(({ name }) => name === 'bench:end');
  if (begin === undefined || end === undefined) return [];
  const { pid, tid } = begin;
  const own = events.filter((event) => event.pid === pid && event.tid === tid);
  const marks = own.filter(({ name }) => /^(bench|state|piece):/.test(name)).sort((a, b) => a.ts - b.ts);
  return own
    .filter(({ name, ph, ts }) => TASKS.has(name) && ph === 'X' && ts >= begin.ts && ts <= end.ts)
    .map(({ ts, dur = 0, tdur = 0 }) => ({
      processor: tdur / 1000,
      mark: marks.findLast((mark) => mark.ts <= ts + dur)?.name ?? '',
    }));
}

/** Traces what a browser does during some work. */
export async function traceTasks(devTools: CDPSession, work: () => Promise<void>): Promise<readonly TracedTask[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { readonly value: readonly unknown[] }): void =>
    void events.push(...(value as TraceEvent[]));
  devTools.on('Tracing.dataCollected', collect);
  await devTools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES, excludedCategories: ['*'] },
  });
  await work();
  const complete = new Promise<void>((resolve) => devTools.once('Tracing.tracingComplete', () => resolve()));
  await devTools.send('Tracing.end');
  await complete;
  devTools.off('Tracing.dataCollected', collect);
  return tasksIn(events);
}
