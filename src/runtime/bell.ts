/** Something that happens now and then, for whoever wants to wait for the next time. */
export interface Bell {
  /** Resolves when it rings next. */
  readonly next: () => Promise<void>;
  readonly ring: () => void;
}

/** A bell that nobody waits for yet. */
export function createBell(): Bell {
  const waiting: (() => void)[] = [];
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    ring: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}
