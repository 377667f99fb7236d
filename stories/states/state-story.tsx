import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, within } from 'storybook/test';
import type { BackupSummary, RollbackStatus } from '../../src/index.ts';
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

/** The copy that there still is, whatever happens. */
const BACKUP: BackupSummary = {
  id: 'migration-1',
  migrationId: 'tasks',
  createdAt: '2026-06-01T09:00:00.000Z',
  origin: 'https://app.example',
  user: 'ada',
  entries: 6,
  size: 184_320,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

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
        return { status, client: createTestClient({ ...status, backups: [BACKUP] }) };
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
