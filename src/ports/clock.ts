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
}
