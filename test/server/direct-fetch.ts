/** `fetch` without a network: the handler is called with what would have been sent. */
export const directFetch =
  (handler: (request: Request) => Promise<Response>): typeof globalThis.fetch =>
  (input, init) =>
    handler(new Request(new URL(String(input), 'http://app.test'), init));

/** Pauses that are over at once. */
export const noPause = { sleep: async (): Promise<void> => {} } as const;
