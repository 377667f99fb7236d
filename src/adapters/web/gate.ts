/** Opens when nobody needs it closed any more. */
export interface Gate {
  readonly state: () => 'closed' | 'open';
  /** Resolves while the gate is open. */
  readonly opened: () => Promise<void>;
  readonly close: (onBehalfOf: string) => void;
  readonly open: (onBehalfOf: string) => void;
}

/** A gate that is closed on behalf of these. */
export function createGate(closers: readonly string[]): Gate {
  const closedFor = new Set(closers);
  let waiting: (() => void)[] = [];
  const state = (): 'closed' | 'open' => (closedFor.size > 0 ? 'closed' : 'open');
  return {
    state,
    async opened() {
      // It may have been closed again before whoever waits has had a turn.
      while (state() === 'closed') await new Promise<void>((resolve) => waiting.push(resolve));
    },
    close: (closer) => void closedFor.add(closer),
    open(closer) {
      closedFor.delete(closer);
      if (state() === 'closed') return;
      const resolved = waiting;
      waiting = [];
      for (const resolve of resolved) resolve();
    },
  };
}
