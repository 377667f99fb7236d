import type { AppProcess, ProcessSetting } from './app-process.ts';
import type { Script } from './common-scenes.ts';
import type { Scene } from './scene.ts';
import type { Stage } from './stage.ts';

/** A path on its way. */
export interface Walk {
  readonly stage: Stage;
  readonly setting: ProcessSetting;
  readonly script: Script;
  readonly patience: number;
  /** What was not as the path says, in words. */
  readonly failures: string[];
  /** What earlier commands still wait for; opened once nobody wants their answer any more. */
  readonly gates: (() => void)[];
  /** How the next step is brought about; `null` when that has been arranged already. */
  scene: Scene | null;
  /** Whether the next record that the run would append is the end of the process. */
  isDoomed: boolean;
  /** How many steps are taken care of: an answer to a question takes a run up as well. */
  arranged: number;
  processes: number;
  /** Whether what the present process was asked to do has settled. */
  isWorkSettled: () => boolean;
}

/** Whether the trigger that comes after the next step is one that was seen before it. */
export function isSeenBefore({ path, taken }: Stage): boolean {
  const after = path.steps[taken + 1];
  return after?.event.type === 'TRIGGERED' && after.from === 'deciding';
}

/** A turn of the event loop: whatever waits for promises only has gone on before it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Waits for so many turns until something is so; also ends, as if it were, when the path has failed. */
export async function until({ patience, failures }: Walk, isSo: () => boolean): Promise<boolean> {
  for (let turns = 0; turns < patience; turns++) {
    if (isSo() || failures.length > 0) return true;
    await turn();
  }
  return isSo();
}

/** Waits for what a process does, and no longer than it lives: what it has not said by then nobody hears. */
export async function whileAlive({ death: { signal } }: AppProcess, work: Promise<void>): Promise<void> {
  const dead = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  await Promise.race([dead, work]);
}

/** Follows what a process was asked to do; only what a living process says of it counts. */
export function follow(walk: Walk, process: AppProcess, work: Promise<unknown>): void {
  let isSettled = false;
  walk.isWorkSettled = () => isSettled;
  work.then(
    () => {
      isSettled = true;
    },
    (error: unknown) => {
      isSettled = true;
      if (!process.death.signal.aborted) walk.failures.push(`the client gave up: ${String(error)}`);
    },
  );
}
