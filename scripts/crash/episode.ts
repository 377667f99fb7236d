/** Right before an operation of a port takes effect, or after it has taken effect and before anybody knows. */
export type Moment = 'before' | 'after';

/** An operation of a port: its number, counted from 1 in one process, or its name, for the first that has it. */
export type OperationChoice = number | string;

/** When something dies: at an operation, so long after its beginning, or so long after its end. */
type TimeOfDeath =
  | { readonly operation: OperationChoice; readonly moment: Moment }
  | { readonly milliseconds: number }
  | { readonly afterEnd: number; readonly page: 'asItIs' | 'reloaded' };

/** What ends a process, or a tab of one. */
export type Death = 'kill' | 'crashTab' | 'closeTab';

/**
 * What happens to a process, and when. Milliseconds are counted from its beginning, or from when it had done what it
 * was told, in a browser perhaps after a reload of its page.
 * - `kill`: SIGKILL; of a browser to the browser process.
 * - `crashTab`: SIGKILL to the process that shows the page (browsers only).
 * - `closeTab`: the tab is closed as a person does it, without asking the page (browsers only).
 * - `freeze`: SIGSTOP. Somebody declares its lock dead and another process takes over; then SIGCONT.
 * - `freezeUnseen`: the same, but the other process does not see the lock at all, as on another machine.
 */
export type Blow =
  | { readonly kind: Death; readonly at: TimeOfDeath }
  | {
      readonly kind: 'freeze' | 'freezeUnseen';
      readonly at: { readonly operation: OperationChoice; readonly moment: 'before' };
    };

/** One story: what the first process does, and what befalls it and, one after the other, those that recover. */
export interface Episode {
  readonly scenario: string;
  readonly blows: readonly Blow[];
}

const PREFIXES = {
  kill: '',
  crashTab: 'crash-tab:',
  closeTab: 'close-tab:',
  freeze: 'freeze:',
  freezeUnseen: 'freeze-unseen:',
} as const;
const KINDS = Object.keys(PREFIXES) as (keyof typeof PREFIXES)[];
const WHEN =
  /^(?:(before|after):([1-9]\d{0,5}|[a-z]+(?:[A-Z][a-z]+)?(?:\.[A-Za-z]+)?)|(end\+|reload\+|)(\d{1,7}(?:\.\d{1,3})?)ms)$/;

function textOfBlow({ kind, at }: Blow): string {
  if ('operation' in at) return `${PREFIXES[kind]}${at.moment}:${at.operation}`;
  if ('milliseconds' in at) return `${PREFIXES[kind]}${at.milliseconds}ms`;
  return `${PREFIXES[kind]}${at.page === 'reloaded' ? 'reload' : 'end'}+${at.afterEnd}ms`;
}

/**
 * An episode as a word of the command line: `rollback@after:37,before:database.lease`, `merge@113.5ms`, or
 * `rollback@reload+3000ms`: killed three seconds after a reload at the end.
 */
export function textOfEpisode({ scenario, blows }: Episode): string {
  return blows.length === 0 ? scenario : `${scenario}@${blows.map(textOfBlow).join(',')}`;
}

function timed(from: string, milliseconds: number): TimeOfDeath {
  if (from === '') return { milliseconds };
  return { afterEnd: milliseconds, page: from === 'reload+' ? 'reloaded' : 'asItIs' };
}

function parseBlow(text: string): Blow | null {
  const start = /^(?:crash-tab|close-tab|freeze|freeze-unseen):/.exec(text)?.[0] ?? '';
  const kind = KINDS.find((each) => PREFIXES[each] === start);
  const [, moment, operation, from = '', milliseconds] = WHEN.exec(text.slice(start.length)) ?? [];
  if (kind === undefined) return null;
  const chosen = /^\d/.test(operation ?? '') ? Number(operation) : operation;
  if (kind === 'freeze' || kind === 'freezeUnseen')
    return moment === 'before' && chosen !== undefined ? { kind, at: { operation: chosen, moment } } : null;
  if (milliseconds !== undefined) return { kind, at: timed(from, Number(milliseconds)) };
  return chosen === undefined ? null : { kind, at: { operation: chosen, moment: moment as Moment } };
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
