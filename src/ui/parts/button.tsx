import type { ReactElement, ReactNode } from 'react';

/** What a button is given. */
export interface ButtonProps {
  /** The way that is offered first, one beside it (the default), or one by which something is lost. */
  readonly kind?: 'primary' | 'danger' | undefined;
  /** Not now: it keeps the focus, is said to be disabled, and does nothing. */
  readonly off?: boolean | undefined;
  /** Without it the button submits its form. */
  readonly onPress?: (() => void) | undefined;
  /** Says more than the visible text, which it has to begin with. */
  readonly label?: string;
  readonly describedBy?: string;
  readonly children: ReactNode;
}

/** A button; see `ButtonProps`. */
export function Button({ kind, off, onPress, label, describedBy, children }: ButtonProps): ReactElement {
  return (
    <button
      type={onPress ? 'button' : 'submit'}
      className="bp-button"
      data-kind={kind}
      aria-label={label}
      aria-describedby={describedBy}
      aria-disabled={off || undefined}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onPress?.();
      }}
    >
      {children}
    </button>
  );
}

/** The buttons at the end of something. In a dialog the first one gets the focus, so it is the safe one. */
export function Actions({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className="bp-actions">{children}</div>;
}
