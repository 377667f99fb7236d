import { expect, userEvent, waitFor, within } from 'storybook/test';

/** Long enough for a machine that is busy with other things; nothing waits for it that has come. */
const patience = { timeout: 20_000 };

type Name = string | RegExp;

/** What a person does and sees in a flow. */
export interface Hands {
  /** Presses a button: in a tab, or in the panel when no tab is named. */
  press(name: Name, tab?: string): Promise<void>;
  /** Chooses among the answers that a tab offers. */
  choose(label: Name, tab?: string): Promise<void>;
  type(label: Name, text: string, tab?: string): Promise<void>;
  /** Has the run held before it enters this state. */
  stopBefore(state: string): Promise<void>;
  /** Waits until the run is held, and lets it go on. */
  isHeld(): Promise<void>;
  goOn(): Promise<void>;
  /** Waits until a tab shows a heading. */
  sees(heading: Name, tab?: string): Promise<void>;
  reads(text: Name, tab?: string): Promise<void>;
  /** Opens what is folded away. */
  open(summary: Name, tab?: string): Promise<void>;
  /** Waits until a tab offers a link. */
  findsLink(name: Name, tab?: string): Promise<void>;
  /** Waits until storage is said to be so. */
  storageIs(exactness: Name): Promise<void>;
  /** Waits until a heading in a column ends with this count. */
  counts(column: string, heading: RegExp, count: string): Promise<void>;
  within(label: string): ReturnType<typeof within>;
}

/** Hands for a page. */
export function handsOn(canvasElement: HTMLElement): Hands {
  // By its label alone: names of all roles on so large a page take long to be found.
  const labelled = (label: string): ReturnType<typeof within> => {
    const found = canvasElement.querySelector<HTMLElement>(`[aria-label="${label}"]`);
    if (found === null) throw new Error(`There is nothing with the label "${label}".`);
    return within(found);
  };
  const tabOf = (tab: string): ReturnType<typeof within> => labelled(`Tab ${tab}`);
  const panel = (): ReturnType<typeof within> => labelled('Break things');
  const button = (scope: ReturnType<typeof within>, name: Name): HTMLElement =>
    scope.getByText(name, { selector: 'button' });
  const press = async (name: Name, tab?: string): Promise<void> => {
    const find = (): HTMLElement => button(tab === undefined ? panel() : tabOf(tab), name);
    await waitFor(() => expect(find()).toBeEnabled(), patience);
    await userEvent.click(find());
  };
  const stopBefore = (state: string): Promise<void> =>
    userEvent.selectOptions(panel().getByLabelText(/^Stop before/), state);
  return {
    press,
    stopBefore,
    choose: async (label, tab = 'A') => {
      await userEvent.click(await tabOf(tab).findByRole('radio', { name: label }, patience));
    },
    type: async (label, text, tab = 'A') => {
      await userEvent.type(await tabOf(tab).findByRole('textbox', { name: label }, patience), text);
    },
    isHeld: () => waitFor(() => expect(button(panel(), 'Next step')).toBeEnabled(), patience),
    goOn: async () => {
      await stopBefore('');
      await press('Next step');
    },
    sees: async (heading, tab = 'A') => {
      await waitFor(() => expect(tabOf(tab).getByText(heading, { selector: 'h4' })).toBeVisible(), patience);
    },
    reads: async (text, tab = 'A') => {
      await waitFor(() => expect(tabOf(tab).getAllByText(text)[0]).toBeVisible(), patience);
    },
    open: async (summary, tab = 'A') => {
      await userEvent.click(await tabOf(tab).findByText(summary, {}, patience));
    },
    findsLink: async (name, tab = 'A') => {
      await tabOf(tab).findByRole('link', { name }, patience);
    },
    storageIs: (exactness) =>
      waitFor(() => expect(canvasElement.querySelector('[data-exactness]')).toHaveTextContent(exactness), patience),
    counts: (column, heading, count) =>
      waitFor(() => expect(labelled(column).getByText(heading, { selector: 'h4' })).toHaveTextContent(count), patience),
    within: labelled,
  };
}
