/** What has been done so far. */
export interface Tally {
  readonly kills: number;
  readonly others: number;
  readonly lost: number;
}

/** Where people see how far it is. */
export interface Progress {
  show(tally: Tally): void;
  /** Says something of its own, above the progress. */
  say(text: string): void;
  end(): void;
}

const EVERY = { terminal: 200, elsewhere: 10_000 } as const;

function timeLeft(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/**
 * Progress on stderr: a line that overwrites itself on a terminal, a line now and then elsewhere.
 * @param otherwise what befell processes besides kills, in words
 */
export function showProgress(wanted: number, otherwise: string): Progress {
  const started = performance.now();
  const place = process.stderr.isTTY ? 'terminal' : 'elsewhere';
  let shown = 0;
  const clear = (): void => {
    if (place === 'terminal') process.stderr.write('\r\u001b[K');
  };
  return {
    show({ kills, others, lost }) {
      const now = performance.now();
      if (now - shown < EVERY[place]) return;
      shown = now;
      const seconds = ((now - started) / 1000 / Math.max(1, kills)) * (wanted - kills);
      const left = kills < 5 ? '' : `, about ${timeLeft(seconds)} left`;
      clear();
      process.stderr.write(`${kills} of ${wanted} kills, ${others} ${otherwise}, ${lost} lost${left}`);
      if (place === 'elsewhere') process.stderr.write('\n');
    },
    say(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    end: clear,
  };
}
