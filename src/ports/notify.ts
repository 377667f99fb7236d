/** For whom a notification is. */
export type Audience = 'user' | 'support' | 'engineering' | 'administrators';

/** One message to one audience. Delivered at least once; `idempotencyKey` tells repetitions. */
export interface Notification {
  readonly audience: Audience;
  readonly userId: string | null;
  readonly type: 'SUCCESS' | 'WARNING' | 'CRITICAL' | 'QUESTION';
  readonly title: string;
  readonly message: string;
  /** What the receiver can do, as labels. */
  readonly actions: readonly string[];
  /** Reason, suggested action and affected data for administrators. Names and counts, never values. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
}

/** Delivers a notification; a rejection is retried and then recorded as a warning of the run. */
export type NotifyPort = (notification: Notification) => Promise<void> | void;
