import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { RecoveryBannerView } from '../../src/ui/index.ts';
import { narrow, onPage } from './surroundings.tsx';

/**
 * A line at the top of an app, there only while something has to be said, and read out when it comes. `RecoveryBanner`
 * is the same on the client.
 */
const meta: Meta<typeof RecoveryBannerView> = {
  title: 'Components/Recovery banner',
  component: RecoveryBannerView,
  tags: ['autodocs'],
  decorators: [onPage],
  args: { banner: 'recovering', onAction: fn() },
};

export default meta;

type Story = StoryObj<typeof RecoveryBannerView>;

export const Recovering: Story = {};

export const Running: Story = { args: { banner: 'running' } };

export const Question: Story = {
  args: { banner: 'question' },
  play: async ({ args, canvasElement }) => {
    await userEvent.click(within(canvasElement).getByRole('button', { name: 'Decide' }));
    await expect(args.onAction).toHaveBeenCalledWith('question');
  },
};

export const SafeMode: Story = { args: { banner: 'safeMode' } };

export const Failed: Story = { args: { banner: 'failed' } };

export const NothingToSay: Story = { args: { banner: null } };

export const Narrow: Story = { args: { banner: 'safeMode' }, decorators: [narrow] };

export const Dark: Story = { args: { banner: 'question' }, globals: { theme: 'dark' } };

export const RightToLeft: Story = { args: { banner: 'question' }, globals: { direction: 'rtl' } };
