import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, within } from 'storybook/test';
import type { RollbackStatus } from '../../src/index.ts';
import { createTestClient, type TestClient } from '../../src/testing/index.ts';
import { screenOf } from '../../src/ui/index.ts';
import type { ChartId } from '../charts/charts.ts';
import { StatePage } from './state-page.tsx';
import { statusInState } from './state-status.ts';

/** What is loaded before a state is shown. */
interface Loaded {
  readonly status: RollbackStatus;
  readonly client: TestClient;
}

/** The stories of the states of one chart. */
export const statesMeta: Meta = {
  parameters: { layout: 'fullscreen', controls: { disable: true } },
};

/** The story of one state. Its test: the user sees the screen that belongs there, and the state is explained. */
export function stateStory(chart: ChartId, state: string): StoryObj {
  return {
    loaders: [
      async (): Promise<Loaded> => {
        const status = await statusInState(chart, state);
        return { status, client: createTestClient(status) };
      },
    ],
    render: (_, { loaded }) => {
      const { status, client } = loaded as Loaded;
      return <StatePage chart={chart} state={state} status={status} client={client} />;
    },
    play: async ({ canvasElement, loaded }) => {
      const { status } = loaded as Loaded;
      const screen = screenOf(status);
      await expect(within(canvasElement).getByRole('heading', { level: 1 })).toHaveTextContent(status.currentStep);
      await expect(canvasElement.querySelector(`[data-screen="${screen}"]`)).not.toBeNull();
    },
  };
}
