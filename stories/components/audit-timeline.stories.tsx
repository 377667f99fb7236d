import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, within } from 'storybook/test';
import { AuditTimelineView } from '../../src/ui/index.ts';
import { audit, LONG_NAME } from './samples.ts';
import { narrow, onPage } from './surroundings.tsx';

/** What has been done to the data and by whom, the latest first. `AuditTimeline` is the same on the client. */
const meta: Meta<typeof AuditTimelineView> = {
  title: 'Components/Audit time-line',
  component: AuditTimelineView,
  tags: ['autodocs'],
  decorators: [onPage],
  args: { entries: audit() },
};

export default meta;

type Story = StoryObj<typeof AuditTimelineView>;

export const SomeEntries: Story = {
  play: async ({ canvasElement }) => {
    const [latest] = within(canvasElement).getAllByRole('listitem');
    await expect(latest).toHaveTextContent('Backup imported');
  },
};

export const None: Story = { args: { entries: [] } };

export const Reading: Story = { args: { entries: undefined } };

export const CouldNotBeRead: Story = {
  args: {
    entries: undefined,
    fault: { code: 'VAULT_UNAVAILABLE', message: 'The vault could not be read or written. Try again.' },
  },
};

export const HundredThousand: Story = {
  args: { entries: audit(100_000) },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(canvas.getByRole('button', { name: 'Show 50 of 99,950 more' }));
    await expect(canvas.getAllByRole('listitem')).toHaveLength(100);
  },
};

export const LongText: Story = {
  args: {
    entries: audit(1).map((entry) => ({ ...entry, reason: LONG_NAME, detail: LONG_NAME, performedBy: LONG_NAME })),
  },
};

export const Narrow: Story = { decorators: [narrow] };

export const Dark: Story = { globals: { theme: 'dark' } };

export const RightToLeft: Story = { globals: { direction: 'rtl' } };
