/** A lock that is held. */
export interface HeldLock {
  /** Aborted when the lock was taken away. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * A hint among the tabs or processes of one machine that saves work. It is never the authority: a frozen holder keeps
 * it, a stolen one goes on working (hazard H25). The authority is the fencing token of the database.
 */
export interface LockPort {
  /** Takes the lock in one request; `null` when somebody alive holds it (hazard H26). */
  acquire(name: string): Promise<HeldLock | null>;
  /** Whether somebody alive holds it now. */
  isHeld(name: string): Promise<boolean>;
}
