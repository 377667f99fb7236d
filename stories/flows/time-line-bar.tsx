import { type ReactNode, useId } from 'react';
import type { Moment } from '../sandbox/time-line.ts';

/** Goes back and forth through what happened: a slider, which arrow keys move, and buttons. */
export function TimeLineBar({
  moments,
  at,
  onChange,
}: {
  readonly moments: readonly Moment[];
  /** How many moments have happened; `null` for all there are and will be. */
  readonly at: number | null;
  readonly onChange: (at: number | null) => void;
}): ReactNode {
  const id = useId();
  const count = at ?? moments.length;
  const last = moments[count - 1];
  const text = last === undefined ? 'the beginning' : last.title;
  const go = (next: number): void => onChange(next >= moments.length ? null : Math.max(0, next));
  return (
    <section className="time-line" aria-label="Time-line">
      <label htmlFor={id}>
        {at === null ? 'Now' : 'Earlier'}: moment {count} of {moments.length}, <b>{text}</b>
        {last === undefined ? '' : ` (${last.patches.length} changes)`}
      </label>
      <div className="slider">
        <button type="button" className="plain-button" disabled={count === 0} onClick={() => go(count - 1)}>
          Back
        </button>
        <input
          id={id}
          type="range"
          min={0}
          max={moments.length}
          value={count}
          aria-valuetext={`${count} of ${moments.length}: ${text}`}
          onChange={(event) => go(Number(event.target.value))}
        />
        <button type="button" className="plain-button" disabled={at === null} onClick={() => go(count + 1)}>
          Forth
        </button>
        <button type="button" className="plain-button" disabled={at === null} onClick={() => onChange(null)}>
          Now
        </button>
      </div>
    </section>
  );
}
