/** The app's own work, which stands still while a run moves its data. */
export interface OperationsPort {
  /** Resolves when nothing of the app writes to storage or database any more. Idempotent. */
  stop(): Promise<void>;
  /** Lets the app work again. Idempotent. */
  resume(): Promise<void>;
}
