import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { QuestionView } from '../../src/ui/index.ts';
import { questions } from './samples.ts';
import { inArabic, narrow, onPage, RIGHT_TO_LEFT } from './surroundings.tsx';

/**
 * A question that only a person can answer (level 2): what has happened, what each choice does, and what is lost by it.
 * Nothing is chosen beforehand; by which something is lost, a word is typed. `GuidedRecovery` shows the client's question.
 */
const meta: Meta<typeof QuestionView> = {
  title: 'Components/Guided recovery',
  component: QuestionView,
  tags: ['autodocs'],
  decorators: [onPage],
  args: { question: questions.drift, onAnswer: fn(), onCancel: fn() },
};

export default meta;

type Story = StoryObj<typeof QuestionView>;

export const Drift: Story = {
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(canvas.getByRole('radio', { name: 'Carry the changes over' }));
    await userEvent.click(canvas.getByRole('button', { name: 'Go on with this' }));
    await expect(args.onAnswer).toHaveBeenCalledWith({ question: 'drift', choice: 'merge', driftDigest: 'a1b2' });
  },
};

export const OlderBackup: Story = {
  args: { question: questions.olderBackup },
  play: async ({ args, canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(canvas.getByRole('radio', { name: 'Use the older backup' }));
    await userEvent.click(canvas.getByRole('button', { name: 'Go on with this' }));
    await expect(args.onAnswer).not.toHaveBeenCalled();
    await userEvent.type(canvas.getByRole('textbox', { name: 'Type “older” to go on' }), 'older{Enter}');
    await expect(args.onAnswer).toHaveBeenCalledWith({ question: 'olderBackup', choice: 'useOlderBackup' });
  },
};

export const Reconstruction: Story = { args: { question: questions.reconstruction } };

export const EmptiedStorage: Story = { args: { question: questions.emptiedStorage } };

/** Somebody was faster, or more was changed since. */
export const AnswerNotTaken: Story = {
  args: {
    fault: {
      code: 'DECISION_STALE',
      message: 'More has changed since this question was put. Look at the plan again, then decide.',
    },
  },
};

export const Narrow: Story = { args: { question: questions.reconstruction }, decorators: [narrow] };

export const Dark: Story = { globals: { theme: 'dark' } };

export const RightToLeft: Story = {
  args: { question: questions.emptiedStorage },
  decorators: [inArabic],
  globals: RIGHT_TO_LEFT,
};
