'use client';

export { AuditTimeline } from './audit-timeline.tsx';
export { AuditTimelineView } from './audit-timeline-view.tsx';
export { BackupList } from './backup-list.tsx';
export type { BackupHandlers, BackupListViewProps } from './backup-list-view.tsx';
export { BackupListView } from './backup-list-view.tsx';
export { english } from './english.ts';
export type { Formats, PluralForms } from './formats.ts';
export { createFormats } from './formats.ts';
export { GuidedRecovery } from './guided-recovery.tsx';
export type {
  About,
  Banner,
  Choice,
  ChoiceMessages,
  Messages,
  QuestionMessages,
  QuestionOf,
  StepState,
  Tone,
} from './messages.ts';
export { PlanView } from './plan-view.tsx';
export { ProgressView } from './progress-view.tsx';
export type { QuestionViewProps } from './question-view.tsx';
export { QuestionView } from './question-view.tsx';
export { RecoveryBanner } from './recovery-banner.tsx';
export { bannerOf, RecoveryBannerView } from './recovery-banner-view.tsx';
export type { Ending, ResultViewProps } from './result-view.tsx';
export { ReceiptView, ResultView } from './result-view.tsx';
export type { RollbackDialogProps } from './rollback-button.tsx';
export { RollbackButton, RollbackDialog } from './rollback-button.tsx';
export type { Confirmation, RollbackDialogViewProps } from './rollback-dialog-view.tsx';
export { RollbackDialogView } from './rollback-dialog-view.tsx';
export { RollbackOutcome } from './rollback-outcome.tsx';
export { RollbackProgress } from './rollback-progress.tsx';
export type { RollbackScreenProps } from './rollback-screen.tsx';
export { RollbackScreen } from './rollback-screen.tsx';
export type { RollbackScreenViewProps, Screen } from './rollback-screen-view.tsx';
export { RollbackScreenView, screenOf } from './rollback-screen-view.tsx';
export { SafeMode } from './safe-mode.tsx';
export type { Copy, SafeModeViewProps } from './safe-mode-view.tsx';
export { SafeModeView } from './safe-mode-view.tsx';
export type { DownloadFile } from './save-file.ts';
export type { Support, UiProviderProps } from './ui-provider.tsx';
export { UiProvider } from './ui-provider.tsx';
