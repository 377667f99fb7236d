import { type ReactElement, useCallback } from 'react';
import { useBackpedal } from '../react/index.ts';
import { copiesOf } from './copies.ts';
import { type Copy, SafeModeView } from './safe-mode-view.tsx';
import { useUi } from './ui-provider.tsx';
import { useRead } from './use-read.ts';

/** Safe mode of the client: downloads every copy that it knows; unlocks, where whoever looks may do that. */
export function SafeMode({
  unlock = 'hidden',
}: {
  /** `offered` to those who repair data, who say what they have done. Default: hidden. */
  readonly unlock?: 'offered' | 'hidden';
}): ReactElement {
  const client = useBackpedal();
  const { messages, formats, onDownload } = useUi();
  const read = useCallback(() => copiesOf(client, messages, formats), [client, messages, formats]);
  const { value, fault } = useRead(read);
  const download = async (copies: readonly Copy[]): Promise<void> => {
    for (const { id } of copies) {
      const file = await value?.find((copy) => copy.id === id)?.read();
      if (file !== undefined) await onDownload(file);
    }
  };
  const unlockWith = unlock === 'offered' ? (reason: string) => client.unlock({ reason }) : undefined;
  return <SafeModeView copies={value} onDownload={download} onUnlock={unlockWith} fault={fault} />;
}
