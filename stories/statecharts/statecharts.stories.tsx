import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, within } from 'storybook/test';
import { ChartExplorer } from '../charts/chart-explorer.tsx';

const meta: Meta<typeof ChartExplorer> = {
  title: 'Statecharts',
  component: ChartExplorer,
  parameters: { layout: 'fullscreen', controls: { disable: true } },
  decorators: [
    (Story) => (
      <main style={{ padding: 16 }}>
        <Story />
      </main>
    ),
  ],
};

export default meta;

type Story = StoryObj<typeof ChartExplorer>;

/** Clicks through a chart, event by event, and expects the state that it then is in. */
const takes =
  (...moves: readonly (readonly [move: string, state: string])[]): Story['play'] =>
  async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    for (const [move, state] of moves) {
      await userEvent.click(canvas.getByRole('button', { name: move }));
      await expect(canvas.getByRole('heading', { level: 2 })).toHaveTextContent(state);
    }
  };

export const Migration: Story = {
  args: { id: 'migration' },
  play: takes(
    ['SURVEYED', 'Making sure that nobody else is at it'],
    ['LEASED', 'Stopping the app’s work'],
    ['STOPPED', 'Making a backup'],
    ['BACKED_UP', 'Copying into the database'],
  ),
};

export const Rollback: Story = {
  args: { id: 'rollback' },
  play: takes(
    ['INSPECTED undecided', 'Waiting for your decision'],
    ['DECIDE as seen', 'Making sure that nobody else is at it'],
    ['LEASED', 'Stopping the app’s work'],
    ['STOPPED', 'Checking the backup'],
    ['LOADED', 'Moving the rows out of the database'],
    ['CLEARED', 'Emptying the cache'],
  ),
};

export const EmergencyRecovery: Story = {
  args: { id: 'emergencyRecovery' },
  play: takes(
    ['NO_BACKUP', 'Putting the data together again'],
    ['RECONSTRUCTED in part', 'Not everything can be proved to be as it was'],
    ['DECIDE useReconstruction', 'Another copy was found'],
  ),
};

export const CrashRecovery: Story = {
  args: { id: 'crashRecovery' },
  play: takes(['RUN_OPEN', 'Looking at every copy'], ['PROBED resumable', 'Going on with the interrupted run']),
};
