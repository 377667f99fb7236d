import { act, type ReactElement, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Backpedal } from '../../src/index.ts';
import { BackpedalProvider, type RollbackSnapshot, useRollback } from '../../src/react/index.ts';

const environment = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };

/** Does something, and lets React finish what follows from it. */
export async function acting<T>(work: () => T | Promise<T>): Promise<T> {
  environment.IS_REACT_ACT_ENVIRONMENT = true;
  try {
    return await act(async () => work());
  } finally {
    environment.IS_REACT_ACT_ENVIRONMENT = false;
  }
}

/** What was rendered into a page. */
export interface Mounted {
  readonly host: HTMLElement;
  readonly text: () => string;
  readonly render: (element: ReactNode) => Promise<void>;
  readonly unmount: () => Promise<void>;
}

/** Renders into a new place of the page. */
export async function mount(element: ReactNode): Promise<Mounted> {
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  const render = (next: ReactNode): Promise<void> => acting(() => root.render(next));
  await render(element);
  return {
    host,
    text: () => host.textContent,
    render,
    unmount: () => acting(() => root.unmount()),
  };
}

/** A component that notes down every render with what it was given. */
export interface Probe<T> {
  readonly element: ReactElement;
  /** What was selected, render by render. */
  readonly renders: readonly T[];
  readonly last: () => T;
}

/** A component that selects from the snapshot. */
export function probe<T>(
  selector: (snapshot: RollbackSnapshot) => T,
  options: { readonly isEqual?: (one: T, other: T) => boolean; readonly rendered?: () => void } = {},
): Probe<T> {
  const renders: T[] = [];
  const Probing = (): ReactElement => {
    const selected = useRollback(selector, options.isEqual);
    renders.push(selected);
    options.rendered?.();
    return <span>{String(selected)}</span>;
  };
  return { element: <Probing />, renders, last: () => renders[renders.length - 1] as T };
}

/** What any hook gives, for one client. */
export async function mountHook<T>(
  client: Backpedal,
  hook: () => T,
): Promise<{ readonly renders: readonly T[]; readonly last: () => T; readonly page: Mounted }> {
  const renders: T[] = [];
  const Probing = (): null => {
    renders.push(hook());
    return null;
  };
  const page = await mount(
    <BackpedalProvider client={client}>
      <Probing />
    </BackpedalProvider>,
  );
  return { renders, last: () => renders[renders.length - 1] as T, page };
}

/** A promise that the test settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
