import { useMemo } from 'react';
import type { Backpedal, BackupSummary } from '../index.ts';
import { useClientStore } from './backpedal-context.ts';
import type { ListSnapshot } from './list-store.ts';
import { everything, useSelected } from './use-selected.ts';

/** The client's `backups`, of which those that change something renew the list. They reject as the client's do. */
export type BackupActions = Backpedal['backups'] & { readonly refresh: () => Promise<void> };

/** The generations of the backup, and what can be done with them. */
export interface BackupsView extends Omit<ListSnapshot<BackupSummary>, 'items'> {
  /** `undefined` until they have been read. */
  readonly backups: readonly BackupSummary[] | undefined;
  readonly actions: BackupActions;
}

/**
 * The generations of the backup: read when the first component shows them, and again after every run, import and
 * removal.
 * @throws BackpedalError `PROVIDER_MISSING` outside of a provider
 */
export function useBackups(): BackupsView {
  const { client, backups } = useClientStore();
  const { items, ...state } = useSelected(backups, everything);
  const actions = useMemo<BackupActions>(() => {
    const { refresh } = backups;
    return {
      ...client.backups,
      refresh,
      import: async (text) => {
        const imported = await client.backups.import(text);
        await refresh();
        return imported;
      },
      remove: async (id) => {
        await client.backups.remove(id);
        await refresh();
      },
    };
  }, [client, backups]);
  return { ...state, backups: items, actions };
}
