import type { ReactElement } from 'react';
import { useRollback } from '../react/index.ts';
import type { Banner } from './messages.ts';
import { bannerOf, RecoveryBannerView } from './recovery-banner-view.tsx';

/** The banner of the client: for the top of an app. A recovery that has failed is tried again with its button. */
export function RecoveryBanner({
  onAction,
}: {
  /** Leads to the `RollbackScreen`, where the question, the progress or the copies are. */
  readonly onAction?: ((banner: Banner) => void) | undefined;
}): ReactElement {
  const status = useRollback();
  const act = (banner: Banner): void => {
    if (banner === 'failed') void status.actions.recover();
    else onAction?.(banner);
  };
  const banner = bannerOf(status, status.recovery);
  const hasAction = onAction !== undefined || banner === 'failed';
  return <RecoveryBannerView banner={banner} onAction={hasAction ? act : undefined} />;
}
