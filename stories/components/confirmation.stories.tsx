import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { RollbackDialogView } from '../../src/ui/index.ts';
import { driftedPlan, LONG_NAME, plan } from './samples.ts';
import { narrow, ONE_EACH, onPage } from './surroundings.tsx';

/**
 * What a rollback would do, before it does it: what is restored, removed, kept and lost. Cancelling has the focus. Where
 * people have changed something they choose what becomes of it; leaving it out has to be typed. `RollbackButton` opens it
 * on the client.
 */
const meta: Meta<typeof RollbackDialogView> = {
  title: 'Components/Plan and confirmation',
  component: RollbackDialogView,
  tags: ['autodocs'],
  decorators: [onPage],
  parameters: ONE_EACH,
  args: { plan: driftedPlan(), onConfirm: fn(), onClose: fn() },
};

export default meta;

type Story = StoryObj<typeof RollbackDialogView>;

/** Nothing was changed after the migration, so nothing has to be chosen. */
export const WithoutDrift: Story = {
  args: { plan: plan() },
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await expect(canvas.getByRole('button', { name: 'Cancel' })).toHaveFocus();
    await userEvent.click(canvas.getByRole('button', { name: 'Roll back now' }));
    await expect(args.onConfirm).toHaveBeenCalledWith({ choice: null, driftDigest: 'none' });
  },
};

export const WithDrift: Story = {
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    const begin = canvas.getByRole('button', { name: 'Roll back now' });
    await userEvent.click(begin);
    await expect(args.onConfirm).not.toHaveBeenCalled();
    await userEvent.click(canvas.getByRole('radio', { name: 'Leave the changes out' }));
    await userEvent.click(begin);
    await expect(args.onConfirm).not.toHaveBeenCalled();
    await userEvent.type(canvas.getByRole('textbox'), 'discard');
    await userEvent.click(begin);
    await expect(args.onConfirm).toHaveBeenCalledWith({ choice: 'discard', driftDigest: 'a1b2' });
  },
};

/** The migration's definition says `discard`: then only the word is asked for. */
export const DiscardsByDefinition: Story = { args: { plan: driftedPlan({ onDrift: 'discard' }) } };

export const Looking: Story = { args: { plan: undefined } };

export const Impossible: Story = {
  args: {
    plan: driftedPlan({
      possible: false,
      obstacles: [
        'Storage lacks 1,204 characters of room.',
        '3 rows of the table invoices refer to migrated rows and forbid removing them.',
      ],
    }),
  },
};

export const CouldNotLook: Story = {
  args: {
    plan: undefined,
    fault: { code: 'DATABASE_UNAVAILABLE', message: 'The database could not be reached. Try again when it can.' },
  },
};

/** The backup is damaged: another copy can be looked for. */
export const BackupUnusable: Story = {
  args: {
    plan: undefined,
    fault: { code: 'BACKUP_DAMAGED', message: 'The backup is damaged. Choose another generation.' },
  },
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await expect(canvas.queryByRole('button', { name: 'Roll back now' })).toBeNull();
    await userEvent.click(canvas.getByRole('button', { name: 'Look for another copy' }));
    await expect(args.onConfirm).toHaveBeenCalledWith({ choice: null, driftDigest: '' });
  },
};

export const HundredThousandKeys: Story = {
  args: {
    plan: plan({
      keysToRestore: 100_000,
      keys: Array.from({ length: 100_000 }, (_, index) => ({
        key: `note-${index}`,
        kind: 'collection' as const,
        action: 'restore' as const,
        size: 100,
      })),
    }),
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(canvas.getByText('Show 100,000 keys'));
    await expect(canvas.getAllByRole('listitem')).toHaveLength(50);
    await userEvent.click(canvas.getByRole('button', { name: 'Show 50 of 99,950 more' }));
    await expect(canvas.getAllByRole('listitem')).toHaveLength(100);
  },
};

export const LongText: Story = {
  args: {
    plan: driftedPlan({
      keys: [{ key: LONG_NAME, kind: 'collection', action: 'displace', size: 1 }],
      warnings: [LONG_NAME],
    }),
  },
};

export const Narrow: Story = { decorators: [narrow] };

export const Dark: Story = { globals: { theme: 'dark' } };

export const RightToLeft: Story = { globals: { direction: 'rtl' } };
