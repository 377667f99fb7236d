import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { BackupListView } from '../../src/ui/index.ts';
import { backups, LONG_NAME } from './samples.ts';
import { inArabic, narrow, onPage, RIGHT_TO_LEFT } from './surroundings.tsx';

/**
 * The generations of the backup: whether each can be trusted, and what can be done with it. Removing asks first; the last
 * good one is refused by the client, and why is shown. `BackupList` is the same on the client.
 */
const meta: Meta<typeof BackupListView> = {
  title: 'Components/Backups',
  component: BackupListView,
  tags: ['autodocs'],
  decorators: [onPage],
  args: { backups: backups(), onVerify: fn(), onDownload: fn(), onRemove: fn(), onImport: fn() },
};

export default meta;

type Story = StoryObj<typeof BackupListView>;

export const NotChecked: Story = {
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    const [remove] = canvas.getAllByRole('button', { name: /^Remove/ });
    await userEvent.click(remove as HTMLElement);
    await expect(canvas.getByRole('button', { name: 'Cancel' })).toHaveFocus();
    await userEvent.click(canvas.getByRole('button', { name: 'Remove' }));
    await expect(args.onRemove).toHaveBeenCalledWith('run-3');
  },
};

export const Checked: Story = {
  args: {
    checks: {
      'run-3': { id: 'run-3', valid: true, entries: 4 },
      'run-2': {
        id: 'run-2',
        valid: false,
        entries: 0,
        error: { code: 'BACKUP_DAMAGED', message: 'The backup is damaged. Choose another generation.' },
      },
    },
  },
};

export const LastGoodOneRefused: Story = {
  args: {
    backups: backups(1),
    fault: {
      code: 'BACKUP_LAST_GOOD',
      message: 'The backup run-1 is the last good one and is kept. Make another one first.',
    },
  },
};

export const Imported: Story = { args: { notice: 'backupImported' } };

export const Busy: Story = { args: { state: 'busy' } };

export const Reading: Story = { args: { backups: undefined } };

export const None: Story = { args: { backups: [] } };

export const HundredThousand: Story = {
  args: { backups: backups(100_000) },
  play: async ({ canvasElement }) => {
    await expect(within(canvasElement).getAllByRole('listitem')).toHaveLength(50);
  },
};

export const LongText: Story = { args: { backups: backups(1).map((backup) => ({ ...backup, user: LONG_NAME })) } };

export const Narrow: Story = { decorators: [narrow] };

export const Dark: Story = { globals: { theme: 'dark' } };

export const RightToLeft: Story = { decorators: [inArabic], globals: RIGHT_TO_LEFT };
