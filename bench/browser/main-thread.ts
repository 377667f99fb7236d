import type { LongTask, Measured } from './measured.ts';

/** Watches the main thread until `end`. */
export interface MainThreadWatch {
  /** Notes when the named methods of a port are at work: what they do must not be divided. */
  around<Port extends object>(name: string, port: Port, indivisible: readonly string[]): Port;
  end(): Promise<Omit<Measured, 'milliseconds'>>;
}

interface Span {
  readonly name: string;
  readonly from: number;
  to: number;
}

/** Times the calls of a method; gives the function that takes that back. */
function timeCalls(prototype: object, method: string, note: (milliseconds: number) => void): () => void {
  const original = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, method, function (this: unknown, ...args: unknown[]): unknown {
    const from = performance.now();
    try {
      return Reflect.apply(original, this, args);
    } finally {
      note(performance.now() - from);
    }
  });
  return () => void Reflect.set(prototype, method, original);
}

/** Starts watching: long tasks as the browser reports them, and how long single calls into the browser take. */
export function watchMainThread(state: () => string): MainThreadWatch {
  const spans: Span[] = [];
  const states: { readonly at: number; readonly state: string }[] = [];
  const entries: PerformanceEntry[] = [];
  let longestCall = 0;
  const note = (milliseconds: number): void => {
    longestCall = Math.max(longestCall, milliseconds);
  };
  const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
  observer.observe({ type: 'longtask' });
  const timer = setInterval(() => states.push({ at: performance.now(), state: state() }), 4);
  const undo = [
    timeCalls(Storage.prototype, 'setItem', note),
    timeCalls(IDBObjectStore.prototype, 'put', note),
    timeCalls(IDBObjectStore.prototype, 'add', note),
  ];
  const taskOf = ({ startTime, duration }: PerformanceEntry): LongTask => {
    const end = startTime + duration;
    const span = spans.find(({ from, to }) => from < end && to > startTime);
    const after = states.find(({ at }) => at >= startTime);
    return { milliseconds: duration, state: after?.state ?? 'idle', indivisible: span?.name ?? null };
  };
  return {
    around: (name, port, indivisible) =>
      new Proxy(port, {
        get(target, member) {
          const value: unknown = Reflect.get(target, member, target);
          if (typeof value !== 'function') return value;
          if (!indivisible.includes(String(member))) return value.bind(target);
          return async (...args: unknown[]): Promise<unknown> => {
            const span: Span = { name: `${name}.${String(member)}`, from: performance.now(), to: Number.MAX_VALUE };
            spans.push(span);
            performance.mark(`piece:${span.name}`);
            try {
              return await Reflect.apply(value, target, args);
            } finally {
              span.to = performance.now();
              performance.mark('piece:end');
            }
          };
        },
      }),
    async end() {
      // Reports come in tasks of their own.
      await new Promise((resolve) => setTimeout(resolve, 300));
      clearInterval(timer);
      observer.disconnect();
      for (const each of undo) each();
      return { tasks: entries.map(taskOf), longestCall };
    },
  };
}
