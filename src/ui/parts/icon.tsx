import type { ReactElement, ReactNode } from 'react';
import type { StepState, Tone } from '../messages.ts';

/** One shape each, so that colour is never all there is to see. Drawn in a square of 20. */
const SHAPES: Readonly<Record<Tone | StepState, string>> = {
  info: 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16M10 9v5M10 6v.1',
  good: 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16M6.5 10.2 9 12.7l4.5-5',
  warning: 'M10 2.5 1.8 17h16.4zM10 8v4M10 14.4v.1',
  critical: 'M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7zM10 6v5M10 13.9v.1',
  done: 'M4 10.5 8 14.5 16 6',
  current: 'M10 5a5 5 0 1 0 0 10 5 5 0 0 0 0-10M10 9.9v.2',
  pending: 'M10 5a5 5 0 1 0 0 10 5 5 0 0 0 0-10',
  failed: 'M5 5l10 10M15 5 5 15',
};

/** A shape beside words that say the same. */
export function Icon({ shape }: { readonly shape: Tone | StepState }): ReactElement {
  return (
    <svg className="bp-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={SHAPES[shape]} />
    </svg>
  );
}

/** A word with its shape and colour. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactElement {
  return (
    <span className="bp-badge" data-tone={tone}>
      <Icon shape={tone} />
      {children}
    </span>
  );
}
