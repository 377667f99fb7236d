/** One operation that a process asked of one of its ports; numbered over all ports, from 1. */
export interface Call {
  readonly number: number;
  readonly port: string;
  readonly operation: string;
  readonly arguments: readonly unknown[];
}

/** What a call that a fault hits does instead of settling as usual. */
export type Meeting = (call: Call, perform: () => unknown) => unknown;

/** A fault that hits one operation, and for ever after that as far as `goesOn` says. */
export interface NumberedFault {
  readonly isFirst: (call: Call) => boolean;
  readonly meet: Meeting;
  /** Whether a later call is hit as well. Default never. */
  readonly goesOn?: (first: Call, later: Call) => boolean;
}

/** Numbers the operations of one process, whichever port they are asked of. */
export interface Meter {
  readonly calls: readonly Call[];
  hits(): number;
  /** The process dies: nothing of what it asks for takes place any more, and nothing ever comes back to it. */
  kill(): void;
  /** The port as the process sees it. Operations that `free` names are passed through and have no number. */
  watch<Port extends object>(name: string, port: Port, free?: readonly string[]): Port;
}

const never = new Promise<never>(() => undefined);

/** What came back after death is seen by nobody. */
const unlessDead = (outcome: unknown, isDead: () => boolean): unknown =>
  outcome instanceof Promise
    ? outcome.then(
        (value) => (isDead() ? never : value),
        (error) => (isDead() ? never : Promise.reject(error)),
      )
    : outcome;

/** A meter that has counted nothing yet. */
export function createMeter(fault: NumberedFault | null = null): Meter {
  const calls: Call[] = [];
  let first: Call | null = null;
  let hits = 0;
  let isDead = false;
  const isHit = (call: Call): boolean => {
    if (fault === null) return false;
    if (first === null && fault.isFirst(call)) first = call;
    return first === call || (first !== null && fault.goesOn?.(first, call) === true);
  };
  const intercept = (port: string, operation: string, args: readonly unknown[], perform: () => unknown): unknown => {
    if (isDead) return never;
    const call: Call = { number: calls.length + 1, port, operation, arguments: args };
    calls.push(call);
    if (!isHit(call)) return unlessDead(perform(), () => isDead);
    hits += 1;
    // Dead while it stood still, it does nothing when it wakes up.
    return unlessDead(
      fault?.meet(call, () => (isDead ? never : perform())),
      () => isDead,
    );
  };
  return {
    calls,
    hits: () => hits,
    kill: () => {
      isDead = true;
    },
    watch: (name, port, free = []) =>
      new Proxy(port, {
        get: (target, member) => {
          const value: unknown = Reflect.get(target, member, target);
          if (typeof value !== 'function' || free.includes(String(member))) return value;
          return (...args: unknown[]) =>
            intercept(name, String(member), args, () => Reflect.apply(value, target, args));
        },
        apply: (target, self, args: unknown[]) =>
          intercept(name, 'call', args, () => Reflect.apply(target as (...all: unknown[]) => unknown, self, args)),
      }),
  };
}
