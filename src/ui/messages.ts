import type {
  AuditEntry,
  BackupSummary,
  BackupVerification,
  Decision,
  PlannedKey,
  Question,
  Receipt,
  RollbackPlan,
  RollbackResult,
  RollbackStatus,
  StepName,
} from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { Formats } from './formats.ts';

/** What can be answered to any question. */
export type Choice = Decision['choice'];

/** The question of a kind. */
export type QuestionOf<K extends Question['question']> = Extract<Question, { readonly question: K }>;

/** How one of the five steps stands. */
export type StepState = 'done' | 'current' | 'pending' | 'failed';

/** How grave a notice is; each has a colour, a shape and a word. */
export type Tone = 'info' | 'good' | 'warning' | 'critical';

/** What an app has to say at its top: that something goes on, needs a person, or could not be looked at. */
export type Banner = 'recovering' | 'running' | 'question' | 'safeMode' | 'failed';

/** A message that says something about a thing. */
export type About<T> = (about: T, f: Formats) => string;

/** What a choice is called, what it does, and what is lost by it. */
export interface ChoiceMessages<Q extends Question = Question> {
  readonly label: string;
  readonly effect: string;
  readonly loss: About<Q>;
  /** What has to be typed before; `null` where nothing is lost. */
  readonly word: string | null;
}

/** How a question is put. */
export interface QuestionMessages<Q extends Question = Question> {
  readonly title: string;
  readonly text: About<Q>;
}

type ByKind<K extends string> = Readonly<Record<K, string>>;

/**
 * Every text that a person can see or hear. Those that name numbers or times are functions of them and of `Formats`;
 * those about statuses, faults, notes, reasons and verdicts get the client's own English or its code to translate.
 */
export interface Messages {
  readonly tones: ByKind<Tone>;
  readonly step: About<StepName>;
  readonly stepStates: ByKind<StepState>;
  /** What is being done; by `status.state`. */
  readonly status: About<RollbackStatus>;
  readonly statusDetail: About<RollbackStatus>;
  /** What went wrong; `code` is stable, `message` says what to do. */
  readonly fault: About<Fault>;
  /** An obstacle or a warning of a plan, a readiness check or a verification. */
  readonly note: About<string>;
  readonly failed: string;
  readonly working: string;
  readonly showMore: About<{ readonly next: number; readonly left: number }>;
  readonly showKeys: About<number>;
  readonly typeWord: About<string>;
  readonly loss: string;
  readonly cancel: string;

  readonly rollBack: string;
  readonly planTitle: string;
  readonly planLead: About<RollbackPlan>;
  readonly planLooking: string;
  readonly planImpossible: string;
  readonly planConfirm: string;
  /** Where the backup cannot be used: what a rollback does then, and the button that begins it. */
  readonly otherCopies: string;
  readonly lookForCopy: string;
  readonly planTime: About<number>;
  readonly planWarnings: string;
  readonly planParts: ByKind<'restored' | 'removed' | 'kept' | 'lost'>;
  readonly restored: About<RollbackPlan>;
  readonly removed: About<RollbackPlan>;
  readonly kept: About<{ readonly keys: number; readonly rows: number }>;
  readonly lost: About<{ readonly plan: RollbackPlan; readonly choice: 'merge' | 'discard' | null }>;
  readonly keyActions: ByKind<PlannedKey['action']>;
  readonly showChanges: About<number>;
  readonly changeKind: About<RollbackPlan['driftEntries'][number]['kind']>;
  readonly unlisted: About<number>;
  readonly dependents: About<RollbackPlan['dependents'][number]>;

  readonly driftLegend: string;
  readonly questionLegend: string;
  readonly questions: { readonly [K in Question['question']]: QuestionMessages<QuestionOf<K>> };
  readonly questionWaits: string;
  readonly choices: {
    readonly merge: ChoiceMessages<QuestionOf<'drift'>>;
    readonly discard: ChoiceMessages<QuestionOf<'drift'>>;
    readonly useOlderBackup: ChoiceMessages<QuestionOf<'olderBackup' | 'reconstruction'>>;
    readonly reconstruct: ChoiceMessages<QuestionOf<'olderBackup'>>;
    readonly useReconstruction: ChoiceMessages<QuestionOf<'reconstruction'>>;
    readonly stop: ChoiceMessages<QuestionOf<'olderBackup' | 'reconstruction'>>;
    readonly restore: ChoiceMessages<QuestionOf<'emptiedStorage'>>;
    readonly keepEmpty: ChoiceMessages<QuestionOf<'emptiedStorage'>>;
  };
  readonly answer: string;
  readonly cancelRun: string;

  readonly progress: string;
  readonly remaining: About<number | null>;
  readonly cancelling: ByKind<RollbackStatus['cancelling']>;
  readonly cancellingHint: ByKind<RollbackStatus['cancelling']>;
  readonly problems: string;
  /** What a screen reader is told: seldom, and in one phrase. */
  readonly announce: About<{ readonly text: string; readonly milestone: number }>;

  readonly banners: ByKind<Banner>;
  /** What the banner's button says; an empty one is left out. */
  readonly bannerActions: ByKind<Banner>;

  readonly safeModeTitle: string;
  readonly safeModeText: string;
  readonly copies: string;
  readonly noCopies: string;
  readonly backupCopy: About<BackupSummary>;
  readonly archiveCopy: About<{ readonly rows: number; readonly values: number }>;
  readonly download: string;
  readonly downloadAll: string;
  readonly contactSupport: string;
  readonly unlockTitle: string;
  readonly unlockReason: string;
  readonly unlock: string;

  readonly resultTitle: About<Pick<RollbackResult, 'outcome' | 'finalStatus'>>;
  readonly resultText: About<Pick<RollbackResult, 'outcome' | 'finalStatus'>>;
  readonly resultSteps: string;
  readonly resultWarnings: string;
  readonly receipt: string;
  readonly verdict: About<Receipt['keys'][number]['verdict']>;
  readonly receiptText: string;
  readonly receiptData: string;
  readonly verify: string;
  readonly verified: About<{ readonly checked: number; readonly errors: number }>;
  readonly done: string;

  readonly backups: string;
  readonly noBackups: string;
  readonly backup: About<BackupSummary>;
  readonly backupState: About<BackupVerification | undefined>;
  readonly remove: string;
  readonly removeTitle: string;
  readonly removeText: About<BackupSummary>;
  readonly backupRemoved: string;
  readonly import: string;
  readonly backupImported: string;

  readonly audit: string;
  readonly noAudit: string;
  readonly auditType: About<AuditEntry['type']>;
  readonly auditResult: About<AuditEntry['result']>;
  /** Why it was done: a reason's code, or what somebody has written. */
  readonly auditReason: About<string>;
  readonly auditBy: About<string | null>;
}
