import { applyPatches, enablePatches, type Patch, produceWithPatches } from 'immer';

enablePatches();

/** One thing that happened: what it changed, and how it is taken back. */
export interface Moment {
  readonly title: string;
  /** Milliseconds since the beginning, on the sandbox's clock. */
  readonly time: number;
  readonly patches: readonly Patch[];
  readonly inverse: readonly Patch[];
}

/** Everything that happened, as immer patches, and the state that came of it. */
export interface TimeLine<State> {
  readonly moments: readonly Moment[];
  readonly state: State;
}

type Json = Record<string, unknown>;

const isBranch = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Makes `draft` equal to `next` by assigning only what differs, so that patches say what changed and nothing else. */
function assignDifferences(draft: Json, next: Json): void {
  for (const key of Object.keys(draft)) if (!(key in next)) delete draft[key];
  for (const [key, value] of Object.entries(next)) {
    const old = draft[key];
    const bothBranch = isBranch(old) && isBranch(value) && Array.isArray(old) === Array.isArray(value);
    if (!bothBranch) {
      if (old !== value) draft[key] = value;
    } else if (Array.isArray(old)) {
      if (JSON.stringify(old) !== JSON.stringify(value)) draft[key] = value;
    } else assignDifferences(old, value as Json);
  }
}

/** The time-line after something happened, the same one when it changed nothing. */
export function recorded<State extends object>(
  line: TimeLine<State>,
  title: string,
  time: number,
  next: State,
): TimeLine<State> {
  const [state, patches, inverse] = produceWithPatches(line.state, (draft) => {
    assignDifferences(draft as Json, next as Json);
  });
  if (patches.length === 0) return line;
  return { state, moments: [...line.moments, { title, time, patches, inverse }] };
}

/** The state after so many moments: what came later is taken back, the last first. */
export function stateAt<State extends object>({ moments, state }: TimeLine<State>, count: number): State {
  return moments.slice(count).reduceRight((later, { inverse }) => applyPatches(later, inverse), state);
}
