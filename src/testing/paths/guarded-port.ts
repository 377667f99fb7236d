/** What stands between a process and its ports. */
export interface PortGuard {
  /** Whether the process lives; a dead one's calls have no effect and never come back. */
  readonly isAlive: () => boolean;
  /** What a call has to wait for before it is made; `null` for nothing. */
  readonly gate: (operation: string, args: readonly unknown[]) => Promise<void> | null;
}

const never = (): Promise<never> => new Promise(() => {});

function guarded(guard: PortGuard, operation: string, args: readonly unknown[], perform: () => unknown): unknown {
  if (!guard.isAlive()) return never();
  const gate = guard.gate(operation, args);
  const outcome =
    gate === null ? perform() : gate.then(() => (guard.isAlive() ? (perform() as Promise<unknown>) : never()));
  if (!(outcome instanceof Promise)) return outcome;
  return outcome.then(
    (value) => (guard.isAlive() ? value : never()),
    (error: unknown) => (guard.isAlive() ? Promise.reject(error) : never()),
  );
}

/** A port, or a function, as a process sees it. */
export function guardedPort<Port extends object>(port: Port, guard: PortGuard): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => guarded(guard, String(name), args, () => Reflect.apply(member, target, args));
    },
    apply: (target, self, args: unknown[]) =>
      guarded(guard, 'call', args, () => Reflect.apply(target as (...all: unknown[]) => unknown, self, args)),
  });
}
