/** The version of this library, which tabs tell each other; the same as in package.json. */
export const LIBRARY_VERSION = '0.1.0';
