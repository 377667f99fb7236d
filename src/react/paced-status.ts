import type { Backpedal, ClockPort, RollbackStatus } from '../index.ts';
import { shareEqual } from './share-equal.ts';

/** What pacing needs of a clock. */
export type PacingClock = Pick<ClockPort, 'monotonic' | 'sleep'>;

/** Milliseconds between two renewals of what only shows how far a run is. */
const PACE = 150;

/** Whether the run that a status is about has come to rest. */
export const hasEnded = ({ stage }: RollbackStatus): boolean => stage === 'COMPLETED' || stage === 'FAILED';

/** A client's status, with `progress` and the estimate at a pace at which people can read them. */
export interface PacedStatus {
  readonly get: () => RollbackStatus;
  /** Begins to listen to the client; returns what ends it. */
  readonly listen: () => () => void;
}

/**
 * A run of some hundred milliseconds passes through a hundred percentages. They are shown at a pace; a new run, a new
 * state, a question and the end are shown at once.
 */
export function paceStatus(client: Backpedal, clock: PacingClock, changed: () => void): PacedStatus {
  let latest = client.getSnapshot();
  let shown = latest;
  let renewedAt = -Infinity;
  let isAsleep = false;
  let isListening = false;

  const show = (status: RollbackStatus): void => {
    const before = shown;
    shown = shareEqual(status, before);
    if (shown !== before) changed();
  };

  const renew = (): void => {
    renewedAt = clock.monotonic();
    show(latest);
  };

  const renewLater = async (): Promise<void> => {
    if (isAsleep) return;
    isAsleep = true;
    await clock.sleep(renewedAt + PACE - clock.monotonic());
    isAsleep = false;
    renew();
  };

  const take = (): void => {
    latest = client.getSnapshot();
    const isDue = clock.monotonic() - renewedAt >= PACE;
    if (isDue || hasEnded(latest) || latest.runId !== shown.runId) {
      renew();
      return;
    }
    const { progress, estimatedTimeRemaining } = shown;
    show({ ...latest, progress, estimatedTimeRemaining });
    void renewLater();
  };

  return {
    get: () => {
      if (!isListening && latest !== client.getSnapshot()) {
        latest = client.getSnapshot();
        shown = shareEqual(latest, shown);
      }
      return shown;
    },
    listen: () => {
      isListening = true;
      const stop = client.subscribe(take);
      take();
      return () => {
        isListening = false;
        stop();
      };
    },
  };
}
