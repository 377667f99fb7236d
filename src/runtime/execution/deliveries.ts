/**
 * What became of an event from outside: recorded; refused by the state that it found; or lost, because the run stopped
 * here before it could be recorded, with the reason (`JOURNAL_CONFLICT`: somebody else has gone on with it).
 */
export type Delivery =
  | { readonly status: 'recorded' }
  | { readonly status: 'refused' }
  | { readonly status: 'lost'; readonly error: unknown };

/** The events whose senders wait to be told what became of them. */
export interface Deliveries {
  /** One more; `told` settles `delivered`. */
  begin(): { readonly told: (delivery: Delivery) => void; readonly delivered: Promise<Delivery> };
  /** Tells it to all that are waiting, and to whoever comes later. */
  end(delivery: Delivery): void;
}

/** Nobody waits yet. */
export function createDeliveries(): Deliveries {
  const waiting = new Set<(delivery: Delivery) => void>();
  let last: Delivery | null = null;
  return {
    begin() {
      let settle = (_delivery: Delivery): void => {};
      const delivered = new Promise<Delivery>((resolve) => {
        settle = resolve;
      });
      const told = (delivery: Delivery): void => {
        waiting.delete(told);
        settle(delivery);
      };
      if (last === null) waiting.add(told);
      else told(last);
      return { told, delivered };
    },
    end(delivery) {
      last = delivery;
      for (const told of [...waiting]) told(delivery);
    },
  };
}
