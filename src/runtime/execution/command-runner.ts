import type { ClockPort } from '../../ports/clock.ts';

/** A command that has been started and whose result is still wanted. */
interface InFlight {
  readonly command: string;
  readonly controller: AbortController;
  /** `null`: it has no limit. */
  readonly startedAt: number | null;
  readonly settled: Promise<void>;
  /** Whether the effect still goes on. */
  isGoingOn: boolean;
  readonly abandon: () => void;
}

/** What is done for one command: the effect itself, told whether it is still wanted. */
export type Effect = (signal: AbortSignal, permitted: () => boolean) => Promise<void>;

/**
 * Carries out one command at a time. The next one begins only after the one before has settled, or has been given up
 * for lost; a lost one that wakes up later is not permitted to do anything any more.
 */
export interface CommandRunner {
  /** `activeMs` is the active time so far; `null` for a command that keeps limits of its own. */
  readonly start: (command: string, activeMs: number | null, effect: Effect) => void;
  /** Aborts what is under way and resolves when it has settled or was given up. */
  readonly stop: () => Promise<void>;
  /** Gives up a command that has used more active time than it may; returns its name. */
  readonly giveUpAfter: (limit: number, activeMs: number) => string | null;
}

/** A runner with nothing under way. */
export function createCommandRunner(): CommandRunner {
  let inFlight: InFlight | null = null;
  return {
    start(command, activeMs, effect) {
      const controller = new AbortController();
      let abandon = (): void => {};
      const abandoned = new Promise<void>((resolve) => {
        abandon = resolve;
      });
      const mine: InFlight = {
        command,
        controller,
        startedAt: activeMs,
        abandon,
        isGoingOn: true,
        settled: Promise.race([
          abandoned,
          Promise.resolve()
            .then(() => effect(controller.signal, () => inFlight === mine && !controller.signal.aborted))
            .finally(() => {
              mine.isGoingOn = false;
            }),
        ]),
      };
      inFlight = mine;
    },
    async stop() {
      const stopping = inFlight;
      if (stopping?.isGoingOn) stopping.controller.abort();
      await stopping?.settled;
      inFlight = null;
    },
    giveUpAfter(limit, activeMs) {
      if (inFlight === null || inFlight.startedAt === null || activeMs - inFlight.startedAt <= limit) return null;
      const { command, controller, abandon } = inFlight;
      inFlight = null;
      controller.abort();
      abandon();
      return command;
    },
  };
}

/** How long the first repetition waits, in milliseconds; each further one waits twice as long. */
const FIRST_PAUSE = 200;

/** Waits before a repetition so that a fault has time to pass. */
export async function pauseBefore(attempt: number, clock: ClockPort, signal?: AbortSignal): Promise<void> {
  if (attempt > 0) await clock.sleep(FIRST_PAUSE * 2 ** (attempt - 1), signal);
}
