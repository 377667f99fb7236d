/** What all keys of backpedal's own in an app's storage begin with. */
export const OWN_KEY_PREFIX = 'backpedal:';
