import { useCallback, useSyncExternalStore } from 'react';
import type { Sandbox, SandboxView } from '../sandbox/sandbox.ts';

/** What a sandbox shows now; drawn at most once a frame, however much happens. */
export function useSandbox(sandbox: Sandbox): SandboxView {
  const subscribe = useCallback(
    (listener: () => void) => {
      let frame: number | null = null;
      const stop = sandbox.subscribe(() => {
        frame ??= requestAnimationFrame(() => {
          frame = null;
          listener();
        });
      });
      return () => {
        stop();
        if (frame !== null) cancelAnimationFrame(frame);
      };
    },
    [sandbox],
  );
  return useSyncExternalStore(subscribe, sandbox.getView);
}
