/** The version of what is said between `backpedal/remote` and `backpedal/server`. */
export const WIRE_VERSION = 1;

/** The oldest version that this server still understands; a browser with an older one has to load the app anew. */
export const OLDEST_WIRE_VERSION = 1;

/** The type of every body, in both directions. A form on another site cannot send it without a preflight. */
export const WIRE_TYPE = 'application/json';

/** The header that every request carries, with the version. No form can send it, and no other site without CORS. */
export const WIRE_HEADER = 'backpedal-wire';
