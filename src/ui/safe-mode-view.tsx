import { type ReactElement, useState } from 'react';
import type { Fault } from '../react/index.ts';
import { Actions, Button } from './parts/button.tsx';
import { LongList } from './parts/long-list.tsx';
import { FaultNotice, Notice } from './parts/notice.tsx';
import { Heading, Section } from './parts/section.tsx';
import { Deeper, useUi } from './ui-provider.tsx';
import { useTask } from './use-task.ts';

/** A copy of users' data that can be downloaded. */
export interface Copy {
  readonly id: string;
  /** What it is, for people. */
  readonly label: string;
}

/** See `SafeModeView`. */
export interface SafeModeViewProps {
  /** `undefined` while they are being listed. */
  readonly copies: readonly Copy[] | undefined;
  readonly onDownload: (copies: readonly Copy[]) => void | Promise<void>;
  /** Without it unlocking is not offered. */
  readonly onUnlock?: ((reason: string) => void | Promise<void>) | undefined;
  /** Why there are no copies. */
  readonly fault?: Fault | undefined;
}

function Unlock({ onUnlock }: { readonly onUnlock: NonNullable<SafeModeViewProps['onUnlock']> }): ReactElement {
  const { messages } = useUi();
  const [reason, setReason] = useState('');
  const { isBusy, fault, start } = useTask();
  const isReady = !isBusy && reason.trim() !== '';
  return (
    <details>
      <summary>{messages.unlockTitle}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void start(() => onUnlock(reason.trim()));
        }}
      >
        <label className="bp-typed">
          {messages.unlockReason}
          <textarea rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <FaultNotice fault={fault} />
        <Actions>
          <Button kind="danger" off={!isReady}>
            {messages.unlock}
          </Button>
        </Actions>
      </form>
    </details>
  );
}

/**
 * What people see while migration and rollback are locked: what that means, every copy that there is to be downloaded,
 * and whom to ask for help.
 */
export function SafeModeView({ copies, onDownload, onUnlock, fault }: SafeModeViewProps): ReactElement {
  const { messages, support } = useUi();
  const task = useTask();
  const { isBusy } = task;
  return (
    <Section name="safe-mode" title={messages.safeModeTitle}>
      <Notice tone="critical" texts={[messages.safeModeText]} />
      <Heading>{messages.copies}</Heading>
      <Deeper>
        {copies === undefined && fault === undefined && <p role="status">{messages.working}</p>}
        {copies?.length === 0 && <p>{messages.noCopies}</p>}
        <LongList items={copies ?? []} name="rows">
          {(copy) => (
            <li key={copy.id}>
              <div>{copy.label}</div>
              <Button
                label={`${messages.download} ${copy.label}`}
                off={isBusy}
                onPress={() => task.start(() => onDownload([copy]))}
              >
                {messages.download}
              </Button>
            </li>
          )}
        </LongList>
        <FaultNotice fault={task.fault ?? fault} />
        <Actions>
          {typeof support === 'string' && (
            <a className="bp-button" href={support}>
              {messages.contactSupport}
            </a>
          )}
          {typeof support === 'function' && <Button onPress={support}>{messages.contactSupport}</Button>}
          {copies !== undefined && copies.length > 0 && (
            <Button kind="primary" off={isBusy} onPress={() => task.start(() => onDownload(copies))}>
              {messages.downloadAll}
            </Button>
          )}
        </Actions>
        {onUnlock !== undefined && <Unlock onUnlock={onUnlock} />}
      </Deeper>
    </Section>
  );
}
