import { type ReactElement, useCallback, useState } from 'react';
import type { VerificationResult } from '../index.ts';
import { useBackpedal, useRollback } from '../react/index.ts';
import { ResultView } from './result-view.tsx';
import { endingOf } from './rollback-screen-view.tsx';
import { useRead } from './use-read.ts';
import { useTask } from './use-task.ts';

/** How the client's last rollback ended, with its receipt and a way to verify the data once more. */
export function RollbackOutcome({ onDone }: { readonly onDone?: (() => void) | undefined }): ReactElement {
  const client = useBackpedal();
  const status = useRollback();
  const { isBusy, fault, start } = useTask();
  const [verification, setVerification] = useState<VerificationResult>();
  const ending = status.result ?? endingOf(status);
  const run = ending.runId ?? status.runId;
  const isReceipted = ending.outcome === 'rolledBack';
  const read = useCallback(
    async () => (run === null || !isReceipted ? undefined : client.report(run)),
    [client, run, isReceipted],
  );
  const report = useRead(read);
  const verify = (): void => void start(async () => setVerification(await client.verifyStorage()));
  return (
    <ResultView
      ending={ending}
      report={report.value}
      verification={verification}
      fault={fault ?? report.fault}
      state={isBusy ? 'verifying' : 'ready'}
      onVerify={isReceipted ? verify : undefined}
      onDone={onDone}
    />
  );
}
