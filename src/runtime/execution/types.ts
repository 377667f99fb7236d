import type { Chart, StateMeta } from '../../machines/chart.ts';
import type {
  CrashRecoveryContext,
  CrashRecoveryEvent,
  CrashRecoveryInput,
} from '../../machines/crash-recovery/types.ts';
import type {
  EmergencyRecoveryContext,
  EmergencyRecoveryEvent,
  EmergencyRecoveryInput,
} from '../../machines/emergency-recovery/types.ts';
import type { MigrationContext, MigrationEvent, MigrationInput } from '../../machines/migration/types.ts';
import type { RollbackContext, RollbackEvent, RollbackInput } from '../../machines/rollback/types.ts';
import type { BurstOutcome, StorageWrite } from '../../ports/storage.ts';
import type { World } from '../world.ts';

/** The contexts, events and inputs that all charts have in common. */
export type AnyContext = MigrationContext | RollbackContext | EmergencyRecoveryContext | CrashRecoveryContext;
/** Any chart's events. */
export type AnyEvent = MigrationEvent | RollbackEvent | EmergencyRecoveryEvent | CrashRecoveryEvent;
/** Any chart's inputs. */
export type AnyInput = MigrationInput | RollbackInput | EmergencyRecoveryInput | CrashRecoveryInput;

/** The charts by the names under which the journal keeps their runs. */
export type ChartId = 'migration' | 'rollback' | 'emergencyRecovery' | 'crashRecovery';

/** What a command is carried out with. */
export interface Work {
  /** Once the command is given up, it refuses every effect. */
  readonly world: World;
  /** Whether the command is still wanted. */
  readonly permitted: () => boolean;
  /** Aborted when the chart no longer wants the command's result. */
  readonly signal: AbortSignal;
  /**
   * Writes a burst into the world's storage if, right before it, the command is still wanted and, where the vault can
   * tell, nobody else goes on with the run. The only way in which commands write there.
   */
  readonly writeBurst: (writes: readonly StorageWrite[]) => Promise<BurstOutcome>;
  /** Tells how much of the command is done, 0 to 1. */
  readonly report: (part: number) => void;
}

/** Carries a command out and says what came of it; `null` when nothing is to be said (a question was asked). */
export type CarryOut<TContext, TEvent> = (command: string, context: TContext, work: Work) => Promise<TEvent | null>;

/** A chart with its name and version in the journal, and with the hands that carry its commands out. */
export interface Plan<TContext extends AnyContext, TEvent extends AnyEvent, TInput extends AnyInput> {
  readonly id: ChartId;
  readonly version: number;
  readonly machine: Chart<TContext, TEvent, TInput>;
  readonly carryOut: CarryOut<TContext, TEvent>;
  /** Commands that are runs themselves and keep their own limits of time. */
  readonly unlimited: readonly string[];
  /** The share of each command in the whole, for measured progress; others count nothing. */
  readonly weights: Readonly<Record<string, number>>;
}

/** What an execution shows while it runs. */
export interface ExecutionView<TContext extends AnyContext = AnyContext> {
  readonly id: ChartId;
  readonly run: string;
  readonly value: string | Record<string, string>;
  readonly context: TContext;
  readonly meta: StateMeta;
  /** 0 to 1, measured. */
  readonly part: number;
  readonly activeMs: number;
}

/**
 * How an execution stopped.
 * - `ended`: the chart came to an end.
 * - `superseded`: somebody else goes on with the run.
 * - `suspended`: the journal could not be written; the run is open and is resumed by the next `recover`.
 */
export type ExecutionEnd<TContext extends AnyContext = AnyContext> =
  | { readonly status: 'ended'; readonly view: ExecutionView<TContext> }
  | { readonly status: 'superseded' }
  | { readonly status: 'suspended'; readonly error: unknown };
