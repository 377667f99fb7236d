/** A queue with one reader: what happens is dealt with one after the other, in the order of its arrival. */
export interface Mailbox<T> {
  push(item: T): void;
  next(): Promise<T>;
}

/** An empty mailbox. */
export function createMailbox<T>(): Mailbox<T> {
  const items: T[] = [];
  let wake: (() => void) | null = null;
  return {
    push(item) {
      items.push(item);
      wake?.();
    },
    async next() {
      while (items.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return items.shift() as T;
    },
  };
}
