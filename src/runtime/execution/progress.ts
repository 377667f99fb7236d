/** Measured progress: the shares of the commands that are done, plus the part of the one under way. */
export interface Progress {
  /** 0 to 1; never goes backwards (rule CL4). */
  readonly part: () => number;
  readonly begin: (command: string) => void;
  readonly report: (part: number) => void;
  readonly finish: () => void;
}

/** Progress over commands with these shares. A command that is repeated continues where it was. */
export function createProgress(weights: Readonly<Record<string, number>>): Progress {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  let highest = 0;
  let current = '';
  const before = (command: string): number => {
    let sum = 0;
    for (const [name, weight] of Object.entries(weights)) {
      if (name === command) return sum;
      sum += weight;
    }
    return highest * total;
  };
  const raise = (weight: number): void => {
    highest = Math.max(highest, Math.min(1, weight / total));
  };
  return {
    part: () => highest,
    begin: (command) => {
      current = command;
      raise(before(command));
    },
    report: (part) => raise(before(current) + (weights[current] ?? 0) * Math.min(1, Math.max(0, part))),
    finish: () => raise(total),
  };
}
