import type { ReactElement } from 'react';
import type { Fault } from '../../../src/react/index.ts';

/** What is there until recovery is done, or says why it is not. */
export function Starting(props: { readonly error: Fault | undefined; readonly onRetry: () => void }): ReactElement {
  if (props.error === undefined) {
    return (
      <main className="starting" aria-busy="true">
        <div className="spinner" />
        <p>Looking after your tasks…</p>
      </main>
    );
  }
  return (
    <main className="starting" role="alert">
      <h1>Your tasks could not be opened</h1>
      <p>{props.error.message}</p>
      <button type="button" className="button primary" onClick={props.onRetry}>
        Try again
      </button>
    </main>
  );
}
