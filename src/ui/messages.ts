import type {
  AuditEntry,
  BackupSummary,
  BackupVerification,
  Decision,
  PlannedKey,
  Question,
  Receipt,
  RollbackPlan,
  RollbackReason,
  RollbackResult,
  RollbackStatus,
  StepName,
} from '../index.ts';
import type { Formats } from './formats.ts';

/** What can be answered to any question. */
export type Choice = Decision['choice'];

/** The question of a kind. */
export type QuestionOf<K extends Question['question']> = Extract<Question, { readonly question: K }>;

/** How one of the five steps stands. */
export type StepState = 'done' | 'current' | 'pending' | 'failed';

/** How grave a notice is; each has a colour, a shape and a word. */
export type Tone = 'info' | 'good' | 'warning' | 'critical';

/** What a choice is called, what it does, and what is lost by it. */
export interface ChoiceMessages<Q extends Question = Question> {
  readonly label: string;
  readonly effect: string;
  readonly loss: (question: Q, f: Formats) => string;
  /** What has to be typed before; `null` where nothing is lost. */
  readonly word: string | null;
}

/** How a question is put. */
export interface QuestionMessages<Q extends Question = Question> {
  readonly title: string;
  readonly text: (question: Q, f: Formats) => string;
}

/** A message that says something about a thing. */
export type About<T> = (about: T, f: Formats) => string;

/**
 * Every text that a person can see or hear. Those that name numbers or times are functions of them and of `Formats`;
 * those of statuses, faults and notes get the client's own English to translate by state or code.
 */
export interface Messages {
  readonly tones: Readonly<Record<Tone, string>>;
  readonly steps: Readonly<Record<StepName, string>>;
  readonly stepStates: Readonly<Record<StepState, string>>;
  readonly reasons: Readonly<Record<RollbackReason, string>>;
  /** What is being done; by `status.state`. */
  readonly status: About<RollbackStatus>;
  readonly statusDetail: About<RollbackStatus>;
  /** What went wrong; `code` is stable, `text` says what to do. */
  readonly fault: About<{ readonly code: string; readonly text: string }>;
  /** An obstacle or a warning of a plan or of a readiness check. */
  readonly note: About<string>;
  readonly cancel: string;
  readonly close: string;
  readonly failed: string;
  readonly working: string;
  readonly showMore: About<{ readonly next: number; readonly left: number }>;
  readonly typeWord: About<string>;
  readonly whatIsLost: string;

  readonly rollBack: string;
  readonly planTitle: string;
  readonly planLead: About<RollbackPlan>;
  readonly planLooking: string;
  readonly planImpossible: string;
  readonly planConfirm: string;
  readonly planTime: About<number>;
  readonly planWarnings: string;
  readonly restored: string;
  readonly restoredText: About<RollbackPlan>;
  readonly removed: string;
  readonly removedText: About<RollbackPlan>;
  readonly kept: string;
  readonly keptText: About<{ readonly keys: number; readonly rows: number }>;
  readonly lost: string;
  readonly lostText: About<{ readonly plan: RollbackPlan; readonly choice: 'merge' | 'discard' | null }>;
  readonly keys: About<number>;
  readonly rows: About<number>;
  readonly changes: About<number>;
  readonly keyActions: Readonly<Record<PlannedKey['action'], string>>;
  readonly rowKinds: Readonly<Record<RollbackPlan['driftEntries'][number]['kind'], string>>;
  readonly dependents: About<RollbackPlan['dependents'][number]>;
  readonly unlisted: About<number>;

  readonly drift: About<RollbackPlan['drift']>;
  readonly driftLegend: string;
  readonly questions: { readonly [K in Question['question']]: QuestionMessages<QuestionOf<K>> };
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
  readonly questionWaits: string;

  readonly progress: string;
  readonly remaining: About<number | null>;
  readonly cancelling: Readonly<Record<RollbackStatus['cancelling'], string>>;
  readonly cancellingHint: Readonly<Record<RollbackStatus['cancelling'], string>>;
  readonly problems: string;
  /** What a screen reader is told: seldom, and in one phrase. */
  readonly announce: About<{ readonly text: string; readonly milestone: number }>;

  readonly bannerRecovering: string;
  readonly bannerQuestion: string;
  readonly bannerSafeMode: string;
  readonly bannerElsewhere: string;
  readonly bannerAction: Readonly<Record<'question' | 'safeMode' | 'running', string>>;

  readonly safeModeTitle: string;
  readonly safeModeText: string;
  readonly safeModeCopies: string;
  readonly safeModeNoCopies: string;
  readonly downloadAll: string;
  readonly downloadName: About<string>;
  readonly backupCopy: About<BackupSummary>;
  readonly archiveCopy: About<{ readonly rows: number; readonly keys: number }>;
  readonly contactSupport: string;
  readonly unlockTitle: string;
  readonly unlockText: string;
  readonly unlockReason: string;
  readonly unlock: string;

  readonly resultTitle: About<Pick<RollbackResult, 'outcome' | 'finalStatus'>>;
  readonly resultText: About<Pick<RollbackResult, 'outcome' | 'finalStatus'>>;
  readonly resultSteps: string;
  readonly resultWarnings: string;
  readonly receipt: string;
  readonly receiptLoading: string;
  readonly receiptMarkdown: string;
  readonly receiptData: string;
  readonly verdicts: Readonly<Record<Receipt['keys'][number]['verdict'], string>>;
  readonly verify: string;
  readonly verified: About<{ readonly checked: number; readonly errors: number }>;
  readonly done: string;

  readonly backups: string;
  readonly backupsNone: string;
  readonly backupText: About<BackupSummary>;
  readonly backupState: About<BackupVerification | null>;
  readonly verifyBackup: string;
  readonly download: string;
  readonly remove: string;
  readonly removeTitle: string;
  readonly removeText: About<BackupSummary>;
  readonly keep: string;
  readonly import: string;
  readonly imported: About<BackupSummary>;
  readonly removedBackup: string;

  readonly audit: string;
  readonly auditNone: string;
  readonly auditTypes: Readonly<Record<AuditEntry['type'], string>>;
  readonly auditResults: Readonly<Record<AuditEntry['result'], string>>;
  readonly auditBy: About<string | null>;
  readonly details: string;
}
