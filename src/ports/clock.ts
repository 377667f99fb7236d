/** Time, injected. */
export interface ClockPort {
  /** Milliseconds since 1970; may jump. Used for what people read, never for limits (hazard H28). */
  now(): number;
  /** Milliseconds from an arbitrary zero; never goes backwards. */
  monotonic(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `tick` every so many milliseconds until the returned function is called. Keeps no process alive. */
  every(milliseconds: number, tick: () => void): () => void;
  /**
   * Resolves soon, in a task of its own, so that whoever waits has a turn in between. Only where the thread that does
   * the work also answers people, as in a page: where it is missing, long work is done in fewer and larger pieces.
   */
  breathe?(): Promise<void>;
}
