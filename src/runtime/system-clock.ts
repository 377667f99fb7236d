import type { ClockPort } from '../ports/clock.ts';

/** What a page has, and Node has not, or not all of it. */
interface PageGlobals {
  readonly document?: unknown;
  readonly scheduler?: { readonly yield?: () => Promise<void> };
}

/** A turn for everybody else; `undefined` where there is no page. */
function breathing(): Pick<ClockPort, 'breathe'> {
  const { document: page, scheduler } = globalThis as PageGlobals;
  if (page === undefined) return {};
  // A message has no least delay, which a timer has.
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
  return { breathe: () => scheduler?.yield?.() ?? turn() };
}

/** The platform's own time. */
export const systemClock: ClockPort = {
  ...breathing(),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done);
    }),
  every: (milliseconds, tick) => {
    const timer: unknown = setInterval(tick, milliseconds);
    // In Node a timer keeps the process alive unless it is told not to; in browsers it is a number.
    (timer as { unref?: () => void }).unref?.();
    return () => clearInterval(timer as number);
  },
};
