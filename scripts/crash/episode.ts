/** Right before an operation of a port takes effect, or after it has taken effect and before anybody knows. */
export type Moment = 'before' | 'after';

/** An operation of a port: its number, counted from 1 in one process, or its name, for the first that has it. */
export type OperationChoice = number | string;

/**
 * What happens to a process, and when. Milliseconds are counted from its beginning.
 * - `kill`: SIGKILL.
 * - `freeze`: SIGSTOP. Somebody declares its lock dead and another process takes over; then SIGCONT.
 * - `freezeUnseen`: the same, but the other process does not see the lock at all, as on another machine.
 */
export type Blow =
  | { readonly kind: 'kill'; readonly at: { readonly operation: OperationChoice; readonly moment: Moment } }
  | { readonly kind: 'kill'; readonly at: { readonly milliseconds: number } }
  | {
      readonly kind: 'freeze' | 'freezeUnseen';
      readonly at: { readonly operation: OperationChoice; readonly moment: 'before' };
    };

/** One story: what the first process does, and what befalls it and, one after the other, those that recover. */
export interface Episode {
  readonly scenario: string;
  readonly blows: readonly Blow[];
}

const LETTERS = { kill: '', freeze: 'freeze:', freezeUnseen: 'freeze-unseen:' } as const;
const BLOW =
  /^(freeze:|freeze-unseen:|)(?:(before|after):([1-9]\d{0,5}|[a-z]+(?:\.[A-Za-z]+)?)|(\d{1,7}(?:\.\d{1,3})?)ms)$/;

function textOfBlow({ kind, at }: Blow): string {
  return LETTERS[kind] + ('operation' in at ? `${at.moment}:${at.operation}` : `${at.milliseconds}ms`);
}

/** An episode as a word of the command line: `rollback@after:37,before:database.lease` or `merge@113.5ms`. */
export function textOfEpisode({ scenario, blows }: Episode): string {
  return blows.length === 0 ? scenario : `${scenario}@${blows.map(textOfBlow).join(',')}`;
}

function parseBlow(text: string): Blow | null {
  const [, letters, moment, operation, milliseconds] = BLOW.exec(text) ?? [];
  const kind = (['kill', 'freeze', 'freezeUnseen'] as const).find((each) => LETTERS[each] === letters);
  if (kind === undefined) return null;
  if (milliseconds !== undefined) return kind === 'kill' ? { kind, at: { milliseconds: Number(milliseconds) } } : null;
  const chosen = operation ?? '';
  const at = { operation: /^\d/.test(chosen) ? Number(chosen) : chosen, moment: moment as Moment };
  if (kind === 'kill') return { kind, at };
  return at.moment === 'before' ? { kind, at: { operation: at.operation, moment: at.moment } } : null;
}

/** The episode that a text names, or `null`. */
export function parseEpisode(text: string): Episode | null {
  const [scenario = '', list, ...rest] = text.split('@');
  if (!/^[a-z]+$/.test(scenario) || rest.length > 0) return null;
  const blows = list === undefined ? [] : list.split(',').map(parseBlow);
  return blows.every((blow) => blow !== null) ? { scenario, blows } : null;
}

/** How many processes an episode means to kill. */
export function plannedKills({ blows }: Episode): number {
  return blows.filter(({ kind }) => kind === 'kill').length;
}
