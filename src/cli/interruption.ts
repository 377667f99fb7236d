import type { Backpedal } from '../index.ts';
import { reportError } from './error-report.ts';
import { EXIT } from './exit-codes.ts';
import { isOpen } from './format-status.ts';
import type { ProgressDisplay } from './progress.ts';
import type { Setting } from './setting.ts';

/** Ctrl-C while a run is under way. */
export interface Interruption {
  /** Whether the run was asked to stop and takes back what it has done. */
  readonly cancelled: () => boolean;
  readonly stop: () => void;
}

/**
 * The first Ctrl-C asks the run to cancel where that is still possible, and says which it was; the second leaves at
 * once, whatever is going on.
 */
export function handleInterrupts(setting: Setting, client: Backpedal, display: ProgressDisplay): Interruption {
  let presses = 0;
  let cancelled = false;
  const say = (text: string): void => {
    display.clear();
    setting.output.message(text);
  };
  const leave = (text: string): void => {
    say(text);
    const { runId } = client.getSnapshot();
    const leaving =
      setting.output.format === 'json' ? setting.output.result({ interrupted: { runId } }, '') : Promise.resolve();
    leaving.finally(() => setting.io.exit(EXIT.interrupted)).catch(() => setting.io.exit(EXIT.interrupted));
  };
  const cancel = async (): Promise<void> => {
    try {
      await client.cancel();
      cancelled = true;
    } catch (error) {
      say(`It could not be cancelled and goes on. ${reportError(error, 'message').text}`);
    }
  };
  const stop = setting.io.onInterrupt(() => {
    const status = client.getSnapshot();
    presses += 1;
    if (!isOpen(status)) return leave('Interrupted. No run was under way.');
    if (presses > 1) {
      return leave(`Left at once. The run ${status.runId} is open: nothing is lost, and it can be resumed.`);
    }
    const again = 'Press Ctrl-C again to leave at once; the run could be resumed later.';
    if (!status.canCancel) return say(`It is too late to cancel here: the run goes on to its end. ${again}`);
    say(`Cancelling: what has been changed is taken back. ${again}`);
    void cancel();
  });
  return { cancelled: () => cancelled, stop };
}
