import type { Meta, StoryObj } from '@storybook/react-vite';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts';
import { FlowStage } from './flow-stage.tsx';
import { type Hands, handsOn } from './hands.ts';

/** A flow: how the world is before it, and what a person does in it. */
export interface Flow extends SandboxOptions {
  readonly title: string;
  readonly description: string;
  /** What has happened before the time-line begins. Default: the data was migrated. */
  readonly before?: (sandbox: Sandbox) => Promise<void>;
  /** Plays the flow and expects its end. */
  readonly play: (hands: Hands) => Promise<void>;
}

/** What all stories of flows have in common. */
export const flowsMeta: Meta = {
  parameters: { layout: 'fullscreen', controls: { disable: true } },
};

/** Every tab is opened; nothing else has happened. */
export async function opened(sandbox: Sandbox): Promise<void> {
  for (const name of sandbox.tabNames()) await sandbox.ask(name, 'recovery', (client) => client.recover());
}

/** The data was moved into the database. */
export async function migrated(sandbox: Sandbox): Promise<void> {
  await opened(sandbox);
  await sandbox.ask(sandbox.tabNames()[0] ?? '', 'migration', (client) => client.migrate());
}

/** The story of a flow. It plays itself when it is opened; the time-line leads back through what happened. */
export function flowStory({ title, description, before = migrated, play, ...options }: Flow): StoryObj {
  return {
    loaders: [
      async () => {
        const sandbox = createSandbox(options);
        await before(sandbox);
        sandbox.beginHere();
        return { sandbox };
      },
    ],
    render: (_, { loaded }) => (
      <FlowStage sandbox={loaded.sandbox as Sandbox} title={title} description={description} />
    ),
    play: ({ canvasElement }) => play(handsOn(canvasElement)),
  };
}
