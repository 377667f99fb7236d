import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { ProgressView } from '../../src/ui/index.ts';
import { LONG_NAME, status } from './samples.ts';
import { inArabic, narrow, onPage, RIGHT_TO_LEFT } from './surroundings.tsx';

/**
 * How far a run is: what is being done, measured percent, estimate, the five steps, problems, and what cancelling would
 * do now. Nothing moves while it goes on, and a screen reader is told of it every two seconds at most. `RollbackProgress`
 * is the same on the client.
 */
const meta: Meta<typeof ProgressView> = {
  title: 'Components/Progress',
  component: ProgressView,
  tags: ['autodocs'],
  decorators: [onPage],
  args: { status: status(), onCancel: fn() },
};

export default meta;

type Story = StoryObj<typeof ProgressView>;

export const Restoring: Story = {
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await expect(canvas.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '54');
    await userEvent.click(canvas.getByRole('button', { name: 'Cancel and undo' }));
    await expect(args.onCancel).toHaveBeenCalledOnce();
  },
};

export const NothingChangedYet: Story = {
  args: {
    status: status({
      stage: 'PREPARING',
      progress: 4,
      currentStep: 'Checking the backup',
      description: 'Verifies every hash before anything is read from it.',
      step: 'Load Backup',
      stepsDone: [],
      estimatedTimeRemaining: null,
      cancelling: 'stopsHere',
    }),
  },
};

/** The button keeps its place and the focus, says so, and does nothing. */
export const TooLateToCancel: Story = {
  args: {
    status: status({
      stage: 'VERIFYING',
      progress: 88,
      currentStep: 'Checking every key',
      description: 'Compares the content of every key, and looks for rows that were left or came late.',
      step: 'Verify Data',
      stepsDone: ['Load Backup', 'Clear Database', 'Restore LocalStorage'],
      estimatedTimeRemaining: 2,
      canCancel: false,
      cancelling: 'tooLate',
    }),
  },
  play: async ({ args, canvasElement }) => {
    await userEvent.click(within(canvasElement).getByRole('button', { name: 'Cancel' }));
    await expect(args.onCancel).not.toHaveBeenCalled();
  },
};

export const WithProblems: Story = {
  args: {
    status: status({
      errors: [
        'DATABASE_UNAVAILABLE: The database could not be reached. Try again when it can.',
        'CACHE_UNAVAILABLE: The cache could not be emptied; it may show old data until it expires.',
      ],
    }),
  },
};

export const Undoing: Story = {
  args: {
    status: status({
      currentStep: 'Putting the rows back',
      description: 'Moves the rows from the archive into their tables again.',
      severity: 'warning',
      step: null,
      canCancel: false,
      cancelling: 'tooLate',
      errors: ['STORAGE_QUOTA: Storage is full. Free some room and try again.'],
    }),
  },
};

export const LongText: Story = {
  args: { status: status({ currentStep: LONG_NAME, description: LONG_NAME, errors: [`INTERNAL: ${LONG_NAME}`] }) },
};

export const Narrow: Story = { decorators: [narrow] };

export const Dark: Story = { globals: { theme: 'dark' } };

export const RightToLeft: Story = { decorators: [inArabic], globals: RIGHT_TO_LEFT };
