import type { ReactNode } from 'react';
import { afterEach, expect } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Backpedal } from '../../src/index.ts';
import { BackpedalProvider } from '../../src/react/index.ts';
import { UiProvider, type UiProviderProps } from '../../src/ui/index.ts';
import { acting, type Mounted, mount } from '../react/kit.tsx';
import type { Device } from '../runtime/kit.ts';
import '../../src/ui/styles.css';

const mounted: Mounted[] = [];

afterEach(async () => {
  for (const { host, unmount } of mounted.splice(0)) {
    await unmount();
    host.remove();
  }
});

/** A part on the page, and what a person can find of it. */
export interface Shown {
  readonly host: HTMLElement;
  readonly text: () => string;
  /** The button, link, radio button or field with this name; fails when there is none, or more than one. */
  readonly find: (name: string | RegExp) => HTMLElement;
  readonly has: (name: string | RegExp) => boolean;
  readonly press: (name: string | RegExp) => Promise<void>;
  readonly type: (name: string | RegExp, text: string) => Promise<void>;
  readonly render: (element: ReactNode) => Promise<void>;
}

const nameOf = (element: Element): string => {
  const label = element.getAttribute('aria-label');
  if (label !== null) return label;
  const labels = (element as HTMLInputElement).labels;
  return (labels?.[0]?.textContent ?? element.textContent ?? '').trim();
};

/** Puts something on the page until the end of the test. */
export async function show(element: ReactNode): Promise<Shown> {
  const place = await mount(element);
  mounted.push(place);
  const { host } = place;
  const all = (name: string | RegExp): HTMLElement[] =>
    [...host.querySelectorAll<HTMLElement>('button, a[href], input, textarea, summary')].filter((found) =>
      typeof name === 'string' ? nameOf(found) === name : name.test(nameOf(found)),
    );
  const find = (name: string | RegExp): HTMLElement => {
    const found = all(name);
    expect(found, `${String(name)} in: ${host.textContent}`).toHaveLength(1);
    return found[0] as HTMLElement;
  };
  return {
    host,
    text: place.text,
    find,
    has: (name) => all(name).length > 0,
    press: (name) => acting(() => find(name).click()),
    type: async (name, text) => {
      const field = find(name);
      await acting(() => userEvent.fill(field, text));
    },
    render: place.render,
  };
}

/** The same, on a client. */
export const showOn = (
  client: Backpedal,
  element: ReactNode,
  ui: Omit<UiProviderProps, 'children'> = {},
): Promise<Shown> =>
  show(
    <BackpedalProvider client={client}>
      <UiProvider {...ui}>{element}</UiProvider>
    </BackpedalProvider>,
  );

/** Lets time pass on a device until something is so. */
export async function passing(on: Device, isSo: () => boolean, what = 'what was waited for'): Promise<void> {
  for (let times = 0; times < 200; times++) {
    if (isSo()) return;
    await acting(() => on.clock.advance(times < 50 ? 0 : 1000));
  }
  throw new Error(`Never happened: ${what}. On the page: ${document.body.textContent}`);
}

/** Presses keys, as a keyboard does. */
export const keys = (text: string): Promise<void> => acting(() => userEvent.keyboard(text));

/** The name of what has the focus. */
export const focused = (): string => (document.activeElement === null ? '' : nameOf(document.activeElement));
