import { type AppProcess, startAppProcess } from './app-process.ts';

/** Processes that wait, so that nobody waits for them. Each is taken once. */
export interface Pool {
  take(): AppProcess;
  close(): Promise<void>;
}

/** Keeps so many processes waiting, started from a prepared program. */
export function openPool(program: string, size: number): Pool {
  const waiting: AppProcess[] = [];
  const fill = (): void => {
    while (waiting.length < size) waiting.push(startAppProcess(program));
  };
  fill();
  return {
    take() {
      const taken = waiting.shift() ?? startAppProcess(program);
      fill();
      return taken;
    },
    async close() {
      await Promise.all(waiting.splice(0).map((process) => process.end()));
    },
  };
}
