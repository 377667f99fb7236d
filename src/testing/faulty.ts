/** One call of a port's operation. */
export interface PortCall {
  /** The name of the method; `call` for a port that is a function. */
  readonly operation: string;
  readonly arguments: readonly unknown[];
}

/**
 * What a call that a fault hits does instead of settling as usual.
 * - `throws`: is rejected with this error.
 * - `neverSettles`: stays open for ever, as on a connection that died unnoticed.
 * - `waitsFor`: goes on when this promise is fulfilled, and is rejected when it is.
 */
export type FaultBehaviour = { readonly throws: unknown } | 'neverSettles' | { readonly waitsFor: Promise<unknown> };

/** A fault, and the calls that it hits. */
export interface Fault {
  /** Only calls of this operation; left out, all of them. */
  readonly operation?: string;
  /** Only calls of which this is true. */
  readonly when?: (call: PortCall) => boolean;
  /** The first call to be hit, counted from 1 among those that `operation` and `when` select. Default 1. */
  readonly at?: number;
  /** Whether the calls after that one are hit as well. Default `once`. */
  readonly repeat?: 'once' | 'forever';
  /** Before the operation nothing has been done; after it, it has been, and only its outcome is lost. */
  readonly moment: 'before' | 'after';
  readonly behaviour: FaultBehaviour;
}

/** A port whose calls are recorded and hit by faults. */
export interface FaultyPort<Port> {
  /** To be used in place of the port. */
  readonly port: Port;
  /** Every call so far, oldest first, those that were hit included. */
  readonly calls: readonly PortCall[];
  /** How many calls there were of these operations; of all of them when none is named. */
  count(...operations: readonly string[]): number;
  /** How many calls were hit. */
  hits(): number;
  /** Adds a fault to the plan; it counts the calls from now on. */
  add(fault: Fault): void;
}

/**
 * Wraps a port so that its calls are recorded and, by plan, fail or stand still. No timers, no chance: the same calls
 * meet the same faults. With an empty plan it only counts. Of several faults that could hit one call the first does.
 * Operations that faults hit must be asynchronous; the others pass through as they are.
 */
export function withFaults<Port extends object>(port: Port, plan: readonly Fault[] = []): FaultyPort<Port> {
  const calls: PortCall[] = [];
  const faults = plan.map(arm);
  let hits = 0;

  const intercept = (operation: string, args: readonly unknown[], perform: () => unknown): unknown => {
    const call = { operation, arguments: args };
    calls.push(call);
    // Every fault counts the call, also when another one hits it.
    const hitting = faults.filter((fault) => fault.isHitBy(call))[0];
    if (hitting === undefined) return perform();
    hits += 1;
    return meet(hitting.fault, perform);
  };

  const wrapped = new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => intercept(String(name), args, () => Reflect.apply(member, target, args));
    },
    apply: (target, self, args: unknown[]) =>
      intercept('call', args, () => Reflect.apply(target as (...all: unknown[]) => unknown, self, args)),
  });

  return {
    port: wrapped,
    calls,
    count: (...operations) =>
      operations.length === 0 ? calls.length : calls.filter(({ operation }) => operations.includes(operation)).length,
    hits: () => hits,
    add: (fault) => {
      faults.push(arm(fault));
    },
  };
}

/** A promise with its handle: what `waitsFor` waits for until `open` is called. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** A gate that is closed. */
export function closedGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

interface ArmedFault {
  readonly fault: Fault;
  isHitBy(call: PortCall): boolean;
}

function arm(fault: Fault): ArmedFault {
  const { operation, when, at = 1, repeat = 'once' } = fault;
  let seen = 0;
  return {
    fault,
    isHitBy: (call) => {
      if (operation !== undefined && operation !== call.operation) return false;
      if (when !== undefined && !when(call)) return false;
      seen += 1;
      return repeat === 'forever' ? seen >= at : seen === at;
    },
  };
}

async function meet({ moment, behaviour }: Fault, perform: () => unknown): Promise<unknown> {
  if (moment === 'before') {
    await behave(behaviour);
    return perform();
  }
  const result = await perform();
  await behave(behaviour);
  return result;
}

function behave(behaviour: FaultBehaviour): Promise<unknown> {
  if (behaviour === 'neverSettles') return new Promise(() => undefined);
  return 'throws' in behaviour ? Promise.reject(behaviour.throws) : behaviour.waitsFor;
}
