import type { ReactElement } from 'react';
import type { RollbackStatus } from '../index.ts';
import type { RecoveryState } from '../react/index.ts';
import type { Banner, Tone } from './messages.ts';
import { Button } from './parts/button.tsx';
import { Notice } from './parts/notice.tsx';
import { useUi } from './ui-provider.tsx';

/** What the banner says; `null` when there is nothing to be said. */
export function bannerOf(status: RollbackStatus, recovery: RecoveryState): Banner | null {
  const { question, migrationState, activity, stage } = status;
  if (question !== null) return 'question';
  if (migrationState === 'SAFE_MODE') return 'safeMode';
  if (recovery === 'failed') return 'failed';
  const isAtWork = stage !== 'COMPLETED' && stage !== 'FAILED';
  if (recovery === 'running' || (activity === 'crashRecovery' && isAtWork)) return 'recovering';
  return isAtWork && (activity === 'rollback' || activity === 'emergencyRecovery') ? 'running' : null;
}

const TONES: Readonly<Record<Banner, Tone>> = {
  recovering: 'info',
  running: 'info',
  question: 'warning',
  safeMode: 'critical',
  failed: 'warning',
};

/** A line at the top of an app, there only while something has to be said; read out when it comes. */
export function RecoveryBannerView({
  banner,
  onAction,
}: {
  readonly banner: Banner | null;
  /** Leads to where something can be done about it. */
  readonly onAction?: ((banner: Banner) => void) | undefined;
}): ReactElement {
  const { messages, formats } = useUi();
  return (
    <div role="status" lang={formats.locale}>
      {banner !== null && (
        <div className="bp bp-banner">
          <Notice tone={TONES[banner]} texts={[messages.banners[banner]]} />
          {onAction !== undefined && messages.bannerActions[banner] !== '' && (
            <Button onPress={() => onAction(banner)}>{messages.bannerActions[banner]}</Button>
          )}
        </div>
      )}
    </div>
  );
}
