/**
 * All that a browser keeps for an origin: localStorage, IndexedDB and OPFS are evicted and cleared together (hazard
 * H10), so that copies in two of them are one copy.
 */
export const BROWSER_PROFILE = 'browser-profile';
