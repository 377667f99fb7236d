import type { ReactElement } from 'react';
import {
  AuditTimelineView,
  BackupListView,
  type Banner,
  PlanView,
  ProgressView,
  QuestionView,
  RecoveryBannerView,
  ResultView,
  RollbackDialogView,
  SafeModeView,
  UiProvider,
} from '../../src/ui/index.ts';
import {
  audit,
  backups,
  driftedPlan,
  LONG_NAME,
  plan,
  questions,
  report,
  result,
  status,
} from '../../stories/components/samples.ts';

const nothing = (): void => {};
const BANNERS: readonly Banner[] = ['recovering', 'running', 'question', 'safeMode', 'failed'];
const fault = { code: 'DATABASE_UNAVAILABLE', message: 'The database could not be reached. Try again.' } as const;
const blocked = driftedPlan({ possible: false, obstacles: ['Storage lacks 12 characters of room.'] });
const undone = result({
  outcome: 'unchanged',
  finalStatus: 'FAILED',
  steps: [
    { step: 'Load Backup', success: true },
    { step: 'Clear Database', success: false, error: fault },
  ],
  error: fault,
  warnings: [{ code: 'CACHE_STALE', message: 'The cache may show old data.' }],
});
const handlers = { onVerify: nothing, onDownload: nothing, onRemove: nothing, onImport: nothing };

/** Every part in the states that look different, by name. */
export const PARTS: Readonly<Record<string, () => ReactElement>> = {
  'plan without drift': () => <PlanView plan={plan()} />,
  'dialog with drift': () => <RollbackDialogView plan={driftedPlan()} onConfirm={nothing} onClose={nothing} />,
  'dialog that discards': () => (
    <RollbackDialogView plan={driftedPlan({ onDrift: 'discard' })} onConfirm={nothing} onClose={nothing} />
  ),
  'dialog that is blocked': () => <RollbackDialogView plan={blocked} onConfirm={nothing} onClose={nothing} />,
  'dialog that looks': () => <RollbackDialogView plan={undefined} onConfirm={nothing} onClose={nothing} />,
  'dialog with a fault': () => (
    <RollbackDialogView plan={undefined} fault={fault} onConfirm={nothing} onClose={nothing} />
  ),
  progress: () => <ProgressView status={status()} onCancel={nothing} />,
  'progress with problems': () => (
    <ProgressView
      status={status({ errors: [`${fault.code}: ${fault.message}`], canCancel: false, cancelling: 'tooLate' })}
      onCancel={nothing}
    />
  ),
  ...Object.fromEntries(
    Object.values(questions).map((question) => [
      `question ${question.question}`,
      () => <QuestionView question={question} onAnswer={nothing} onCancel={nothing} fault={fault} />,
    ]),
  ),
  'safe mode': () => (
    <UiProvider support={nothing}>
      <SafeModeView copies={[{ id: 'a', label: LONG_NAME }]} onDownload={nothing} onUnlock={nothing} />
    </UiProvider>
  ),
  'safe mode without copies': () => <SafeModeView copies={[]} onDownload={nothing} fault={fault} />,
  'result of success': () => <ResultView ending={result()} report={report()} onVerify={nothing} onDone={nothing} />,
  'result of nothing': () => <ResultView ending={undone} onDone={nothing} fault={fault} />,
  'verified result': () => (
    <ResultView
      ending={result()}
      verification={{ success: false, errors: ['The key "task-store" differs.'], verified: '', checked: 4 }}
    />
  ),
  backups: () => (
    <BackupListView
      backups={backups()}
      checks={{
        'run-3': { id: 'run-3', valid: true, entries: 4 },
        'run-2': {
          id: 'run-2',
          valid: false,
          entries: 0,
          error: { code: 'BACKUP_DAMAGED', message: 'It is damaged.' },
        },
      }}
      notice="backupImported"
      {...handlers}
    />
  ),
  'no backups': () => <BackupListView backups={[]} {...handlers} />,
  audit: () => <AuditTimelineView entries={audit()} />,
  'no audit': () => <AuditTimelineView entries={[]} />,
  ...Object.fromEntries(
    BANNERS.map((banner) => [`banner ${banner}`, () => <RecoveryBannerView banner={banner} onAction={nothing} />]),
  ),
};
