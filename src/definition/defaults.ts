import type { DriftPolicy, RetentionDefinition, TriggersDefinition } from './types.ts';

/** The settings of a migration that are not about whose data it is. */
export interface PolicySettings {
  readonly triggers: Required<TriggersDefinition>;
  readonly onDrift: DriftPolicy;
  readonly retention: Required<RetentionDefinition>;
  readonly source: 'clear' | 'keep';
  /** Milliseconds. */
  readonly settleAfter: number;
  /** Milliseconds. */
  readonly cacheGrace: number;
  /** Levels of nesting. */
  readonly maxDepth: number;
  /** UTF-16 code units. */
  readonly maxBackupSize: number;
}

/** What a definition means where it says nothing. */
export const DEFAULTS: PolicySettings = Object.freeze({
  triggers: Object.freeze({ validationFailures: 0.1, memory: 0.9, timeout: 300_000, timeoutItems: 10_000 }),
  onDrift: 'ask',
  retention: Object.freeze({ days: 30, backups: 3 }),
  source: 'clear',
  settleAfter: 86_400_000,
  cacheGrace: 60_000,
  maxDepth: 200,
  maxBackupSize: 536_870_912,
});

/** The property that identifies an item where a collection says nothing. */
export const DEFAULT_ID_FIELD = 'id';
