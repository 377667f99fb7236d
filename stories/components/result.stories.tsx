import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { ResultView } from '../../src/ui/index.ts';
import { report, result } from './samples.ts';
import { narrow, onPage } from './surroundings.tsx';

/**
 * How a rollback ended: in one word, step by step, with what did not go as it should, and with the receipt, which can be
 * kept as text and as data. `RollbackOutcome` is the same on the client.
 */
const meta: Meta<typeof ResultView> = {
  title: 'Components/Result and receipt',
  component: ResultView,
  tags: ['autodocs'],
  decorators: [onPage],
  args: { ending: result(), report: report(), onVerify: fn(), onDone: fn() },
};

export default meta;

type Story = StoryObj<typeof ResultView>;

export const Success: Story = {
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(canvas.getByText('Show 3 keys'));
    await expect(canvas.getByText('task-store')).toBeVisible();
    await userEvent.click(canvas.getByRole('button', { name: 'Verify' }));
    await userEvent.click(canvas.getByRole('button', { name: 'Done' }));
    await expect(args.onVerify).toHaveBeenCalledOnce();
    await expect(args.onDone).toHaveBeenCalledOnce();
  },
};

export const WithWarnings: Story = {
  args: {
    ending: result({
      success: false,
      finalStatus: 'PARTIAL',
      warnings: [
        {
          code: 'CACHE_UNAVAILABLE',
          message: 'The cache could not be emptied; it may show old data until it expires.',
        },
      ],
    }),
  },
};

export const NothingWasChanged: Story = {
  args: {
    report: undefined,
    onVerify: undefined,
    ending: result({
      success: false,
      outcome: 'unchanged',
      finalStatus: 'FAILED',
      steps: [
        { step: 'Load Backup', success: true },
        { step: 'Clear Database', success: false },
      ],
      error: {
        code: 'DATABASE_RESTRICTED',
        message: 'Other rows refer to the migrated ones and forbid removing them. Remove or change those first.',
      },
    }),
  },
};

/** A run of another tab: nothing more is known of it than its end. */
export const OnlyTheEnd: Story = {
  args: { report: undefined, ending: { outcome: 'rolledBack', finalStatus: 'SUCCESS' } },
};

export const Verified: Story = {
  args: { verification: { success: true, errors: [], verified: '2026-03-09T10:00:00.000Z', checked: 4 } },
};

export const DifferencesFound: Story = {
  args: {
    verification: {
      success: false,
      errors: ['The key "task-store" does not hold what the backup holds.'],
      verified: '2026-03-09T10:00:00.000Z',
      checked: 4,
    },
  },
};

export const HundredThousandKeys: Story = { args: { report: report(100_000) } };

export const NoKeys: Story = { args: { report: report(0) } };

export const Narrow: Story = { decorators: [narrow] };

export const Dark: Story = { globals: { theme: 'dark' } };

export const RightToLeft: Story = { globals: { direction: 'rtl' } };
