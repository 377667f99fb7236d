function BrowserBuffer(): void {}

const isBuffer = (): boolean => false;
const from = (bytes: Iterable<number>): Uint8Array => Uint8Array.from(bytes);

/** Drizzle reads blob columns as Node's Buffer; apps in browsers that have such columns bring a Buffer along, as here. */
if (typeof Buffer === 'undefined')
  Object.assign(globalThis, { Buffer: Object.assign(BrowserBuffer, { isBuffer, from }) });
