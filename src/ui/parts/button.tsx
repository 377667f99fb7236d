import type { ReactElement, ReactNode } from 'react';

/** What a button means: the way that is offered first, one beside it, or one by which something is lost. */
export type ButtonKind = 'primary' | 'plain' | 'danger';

/** A button that keeps the focus when it stops being possible: it is then said to be disabled, and does nothing. */
export interface ButtonProps {
  readonly kind?: ButtonKind;
  readonly state?: 'ready' | 'busy' | 'off';
  readonly type?: 'button' | 'submit';
  /** Says more than the visible text, which it has to begin with. */
  readonly label?: string | undefined;
  readonly describedBy?: string | undefined;
  readonly onPress?: (() => void) | undefined;
  /** Has the focus when the dialog around it opens. */
  readonly isFirst?: boolean;
  readonly children: ReactNode;
}

/** A button; see `ButtonProps`. */
export function Button(props: ButtonProps): ReactElement {
  const { kind = 'plain', state = 'ready', type = 'button', label, describedBy, onPress, isFirst, children } = props;
  return (
    <button
      type={type}
      className="bp-button"
      data-kind={kind}
      data-first={isFirst}
      aria-label={label}
      aria-describedby={describedBy}
      aria-disabled={state === 'ready' ? undefined : true}
      aria-busy={state === 'busy' ? true : undefined}
      onClick={(event) => {
        if (state === 'ready') onPress?.();
        else event.preventDefault();
      }}
    >
      {children}
    </button>
  );
}
