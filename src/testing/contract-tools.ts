/** The assertions that the contract suites use: the common ground of vitest, jest and their likes. */
export interface ContractMatchers {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: object): void;
  toBeGreaterThan(expected: number): void;
  toBeLessThanOrEqual(expected: number): void;
  toBeNull(): void;
}

/** A test runner's `it`; `skip` is how a part that an adapter does not support is reported. */
export interface ContractIt {
  (title: string, body: () => Promise<void> | void, timeout?: number): void;
  skip(title: string, body: () => Promise<void> | void, timeout?: number): void;
}

/** The test functions, passed in by the caller: those of vitest fit as they are. */
export interface ContractTools {
  readonly describe: (title: string, body: () => void) => void;
  readonly it: ContractIt;
  readonly expect: (actual: unknown) => ContractMatchers & { readonly not: ContractMatchers };
}

/** `it` for a part that depends on what an adapter declares: reported as skipped where it does not support it. */
export function itWhere(tools: ContractTools, supported: boolean): ContractTools['it'] {
  if (supported) return tools.it;
  const skip: ContractIt['skip'] = (title, body, timeout) => tools.it.skip(title, body, timeout);
  return Object.assign((...test: Parameters<ContractIt['skip']>) => skip(...test), { skip });
}
