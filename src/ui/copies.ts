import type { Backpedal } from '../index.ts';
import type { Formats } from './formats.ts';
import type { Messages } from './messages.ts';
import type { Copy } from './safe-mode-view.tsx';
import { type DownloadFile, fileName } from './save-file.ts';

/** A copy that can be read. */
export interface ReadableCopy extends Copy {
  readonly read: () => Promise<DownloadFile>;
}

const JSON_TYPE = 'application/json';

/** A backup as a file that can be imported again. */
export const backupFile = async ({ backups }: Pick<Backpedal, 'backups'>, id: string): Promise<DownloadFile> => ({
  name: `${fileName('backup', id)}.json`,
  type: JSON_TYPE,
  text: await backups.export(id),
});

/** Every copy of users' data that the client knows: the backups, and what each run has moved or set aside. */
export async function copiesOf(
  client: Pick<Backpedal, 'backups' | 'archive'>,
  messages: Messages,
  formats: Formats,
): Promise<readonly ReadableCopy[]> {
  const [backups, archive] = await Promise.all([client.backups.list(), client.archive.list()]);
  const runs = new Set([...archive.rows, ...archive.displaced].map(({ run }) => run));
  return [
    ...backups.map((backup) => ({
      id: `backup ${backup.id}`,
      label: messages.backupCopy(backup, formats),
      read: () => backupFile(client, backup.id),
    })),
    ...[...runs].map((run) => ({
      id: `archive ${run}`,
      label: messages.archiveCopy(
        {
          rows: archive.rows.reduce((sum, one) => sum + (one.run === run ? one.rows : 0), 0),
          values: archive.displaced.filter((one) => one.run === run).length,
        },
        formats,
      ),
      read: async () => ({
        name: `${fileName('archive', run)}.json`,
        type: JSON_TYPE,
        text: JSON.stringify(await client.archive.export(run)),
      }),
    })),
  ];
}
