import { type ReactElement, useState } from 'react';
import type { BackupVerification } from '../index.ts';
import { useBackpedal, useBackups } from '../react/index.ts';
import { BackupListView, type BackupListViewProps } from './backup-list-view.tsx';
import { backupFile } from './copies.ts';
import { useUi } from './ui-provider.tsx';
import { useTask } from './use-task.ts';

/** The backups of the client: verify, download, import, remove. The last good one is refused, and why is shown. */
export function BackupList(): ReactElement {
  const client = useBackpedal();
  const { backups, error, actions } = useBackups();
  const { onDownload } = useUi();
  const { isBusy, fault, start } = useTask();
  const [checks, setChecks] = useState<Readonly<Record<string, BackupVerification>>>({});
  const [notice, setNotice] = useState<BackupListViewProps['notice']>();
  /** Does something and tells what `work` gives to be told. */
  const begin = (work: () => Promise<BackupListViewProps['notice']>): void => {
    setNotice(undefined);
    void start(async () => setNotice(await work()));
  };
  return (
    <BackupListView
      backups={backups}
      checks={checks}
      fault={fault ?? error}
      notice={notice}
      state={isBusy ? 'busy' : 'ready'}
      onVerify={(id) =>
        begin(async () => {
          const check = await actions.verify(id);
          setChecks((known) => ({ ...known, [id]: check }));
          return undefined;
        })
      }
      onDownload={(id) =>
        begin(async () => {
          await onDownload(await backupFile(client, id));
          return undefined;
        })
      }
      onRemove={(id) =>
        begin(async () => {
          await actions.remove(id);
          return 'backupRemoved';
        })
      }
      onImport={(text) =>
        begin(async () => {
          await actions.import(text);
          return 'backupImported';
        })
      }
    />
  );
}
