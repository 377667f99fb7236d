import { type ReactElement, useState } from 'react';
import type { BackupSummary, BackupVerification } from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { Tone } from './messages.ts';
import { Actions, Button } from './parts/button.tsx';
import { Dialog } from './parts/dialog.tsx';
import { Badge } from './parts/icon.tsx';
import { LongList } from './parts/long-list.tsx';
import { FaultNotice, Notice } from './parts/notice.tsx';
import { Section } from './parts/section.tsx';
import { useUi } from './ui-provider.tsx';

/** What can be done with backups; what is left out is not offered. */
export interface BackupHandlers {
  readonly onVerify?: (id: string) => void;
  readonly onDownload?: (id: string) => void;
  readonly onRemove?: (id: string) => void;
  readonly onImport?: (text: string) => void;
}

/** See `BackupListView`. */
export interface BackupListViewProps extends BackupHandlers {
  /** `undefined` until they have been read. */
  readonly backups: readonly BackupSummary[] | undefined;
  /** What verifying has found, by id. */
  readonly checks?: Readonly<Record<string, BackupVerification>>;
  readonly fault?: Fault | undefined;
  /** What has been done, to be told: the message of this name. */
  readonly notice?: 'backupRemoved' | 'backupImported' | undefined;
  readonly state?: 'ready' | 'busy';
}

function RemoveDialog({
  backup,
  onClose,
  onRemove,
}: {
  readonly backup: BackupSummary;
  readonly onClose: () => void;
  readonly onRemove: (id: string) => void;
}): ReactElement {
  const { messages, formats } = useUi();
  return (
    <Dialog title={messages.removeTitle} onClose={onClose}>
      <p>{messages.removeText(backup, formats)}</p>
      <Actions>
        <Button onPress={onClose}>{messages.cancel}</Button>
        <Button
          kind="danger"
          onPress={() => {
            onClose();
            onRemove(backup.id);
          }}
        >
          {messages.remove}
        </Button>
      </Actions>
    </Dialog>
  );
}

function Backup({
  backup,
  check,
  actions,
}: {
  readonly backup: BackupSummary;
  readonly check: BackupVerification | undefined;
  /** Text, handler, and whether it is off. */
  readonly actions: readonly (readonly [string, ((id: string) => void) | undefined, boolean])[];
}): ReactElement {
  const { messages, formats } = useUi();
  const date = formats.date(backup.createdAt);
  const tone: Tone = check === undefined ? 'info' : check.valid ? 'good' : 'critical';
  return (
    <li>
      <div>
        <strong>
          <time dateTime={backup.createdAt}>{date}</time>
        </strong>{' '}
        <Badge tone={tone}>{messages.backupState(check, formats)}</Badge>
        <p>
          <small>
            <bdi>{messages.backup(backup, formats)}</bdi>
          </small>
        </p>
        {check?.error !== undefined && <p>{messages.fault(check.error as Fault, formats)}</p>}
      </div>
      {actions.map(
        ([text, act, off]) =>
          act !== undefined && (
            <Button key={text} off={off} label={`${text} ${date}`} onPress={() => act(backup.id)}>
              {text}
            </Button>
          ),
      )}
    </li>
  );
}

/** The generations of the backup: whether each can be trusted, and what can be done with it. */
export function BackupListView(props: BackupListViewProps): ReactElement {
  const { backups, checks = {}, fault, notice, state, onVerify, onDownload, onRemove, onImport } = props;
  const { messages } = useUi();
  const [leaving, setLeaving] = useState<string>();
  const isBusy = state === 'busy';
  const backup = backups?.find(({ id }) => id === leaving);
  return (
    <Section name="backups" title={messages.backups}>
      {backups === undefined && fault === undefined && <p role="status">{messages.working}</p>}
      {backups?.length === 0 && <p>{messages.noBackups}</p>}
      <LongList items={backups ?? []} name="rows">
        {(one) => (
          <Backup
            key={one.id}
            backup={one}
            check={checks[one.id]}
            actions={[
              [messages.verify, onVerify, isBusy],
              [messages.download, onDownload, isBusy],
              [messages.remove, onRemove && setLeaving, isBusy],
            ]}
          />
        )}
      </LongList>
      <FaultNotice fault={fault} />
      <div role="status">{notice !== undefined && <Notice tone="good" texts={[messages[notice]]} />}</div>
      {onImport !== undefined && (
        <Actions>
          <label className="bp-button" aria-disabled={isBusy || undefined}>
            {messages.import}
            <input
              type="file"
              className="bp-hidden"
              disabled={isBusy}
              onChange={async ({ target }) => {
                const text = await target.files?.[0]?.text();
                // The same file can be chosen again.
                target.value = '';
                if (text !== undefined) onImport(text);
              }}
            />
          </label>
        </Actions>
      )}
      {backup !== undefined && onRemove !== undefined && (
        <RemoveDialog backup={backup} onClose={() => setLeaving(undefined)} onRemove={onRemove} />
      )}
    </Section>
  );
}
