import { type Context, createContext, useContext } from 'react';
import { type Backpedal, BackpedalError } from '../index.ts';
import type { ClientStore } from './client-store.ts';

/** The store of the nearest provider's client. */
export const BackpedalContext: Context<ClientStore | null> = createContext<ClientStore | null>(null);

/** @throws BackpedalError `PROVIDER_MISSING` outside of a provider */
export function useClientStore(): ClientStore {
  const store = useContext(BackpedalContext);
  if (store !== null) return store;
  throw new BackpedalError('PROVIDER_MISSING', 'No client here. Put the component inside a <BackpedalProvider>.');
}

/**
 * The client of the nearest provider, for what the hooks have no name for: `report`, `archive`, `drill`, `metrics`. Its
 * methods reject where the hooks' actions tell.
 * @throws BackpedalError `PROVIDER_MISSING` outside of a provider
 */
export const useBackpedal = (): Backpedal => useClientStore().client;
