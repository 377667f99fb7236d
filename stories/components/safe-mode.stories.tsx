import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { SafeModeView, UiProvider } from '../../src/ui/index.ts';
import { LONG_NAME } from './samples.ts';
import { narrow, onPage } from './surroundings.tsx';

const COPIES = [
  { id: 'backup 1', label: 'Backup of Mar 2, 2026, 9:30 AM, 4 keys' },
  { id: 'archive 2', label: 'Archive, 260 rows, 1 value set aside' },
];

/**
 * Migration and rollback are locked (level 3). Every copy that there is can be downloaded, and help can be asked for,
 * where the app has told `UiProvider` whom. Unlocking is offered only to those whom the app lets do that. `SafeMode` is the
 * same on the client.
 */
const meta: Meta<typeof SafeModeView> = {
  title: 'Components/Safe mode',
  component: SafeModeView,
  tags: ['autodocs'],
  decorators: [
    (Story) => (
      <UiProvider support="mailto:help@tasks.example">
        <Story />
      </UiProvider>
    ),
    onPage,
  ],
  args: { copies: COPIES, onDownload: fn() },
};

export default meta;

type Story = StoryObj<typeof SafeModeView>;

export const WithCopies: Story = {
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(canvas.getByRole('button', { name: 'Download every copy' }));
    await expect(args.onDownload).toHaveBeenCalledWith(COPIES);
    await expect(canvas.getByRole('link', { name: 'Contact support' })).toBeVisible();
  },
};

export const ForThoseWhoRepair: Story = {
  args: { onUnlock: fn() },
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(canvas.getByText('Unlock after a repair'));
    await userEvent.click(canvas.getByRole('button', { name: 'Unlock' }));
    await expect(args.onUnlock).not.toHaveBeenCalled();
    await userEvent.type(canvas.getByRole('textbox'), 'The rows were compared.');
    await userEvent.click(canvas.getByRole('button', { name: 'Unlock' }));
    await expect(args.onUnlock).toHaveBeenCalledWith('The rows were compared.');
  },
};

export const NoCopies: Story = { args: { copies: [] } };

export const Listing: Story = { args: { copies: undefined } };

export const LongText: Story = { args: { copies: [{ id: 'long', label: LONG_NAME }] } };

export const HundredThousandCopies: Story = {
  args: { copies: Array.from({ length: 100_000 }, (_, index) => ({ id: `${index}`, label: `Backup ${index}` })) },
};

export const Narrow: Story = { decorators: [narrow] };

export const Dark: Story = { globals: { theme: 'dark' } };

export const RightToLeft: Story = { globals: { direction: 'rtl' } };
