import type { GateChannel } from '../../../src/adapters/web/index.ts';

/** Channels that reach each other, as those of several tabs do; what is said is heard a turn later. */
export interface ChannelHub {
  /** The channel of another tab. A frozen tab hears nothing, and what it says is lost. */
  open(): GateChannel & { state: 'awake' | 'frozen' };
  /** Says anything to all tabs, as a stranger may. */
  shout(data: unknown): void;
  /** Everything that was said. */
  readonly said: readonly { readonly type: string; readonly from: string }[];
}

export function channelHub(): ChannelHub {
  const listeners = new Map<object, (event: { readonly data: unknown }) => void>();
  const said: { type: string; from: string }[] = [];
  const send = (from: object | null, data: unknown): void => {
    for (const [channel, listener] of listeners) {
      if (channel === from) continue;
      queueMicrotask(() => {
        if ((channel as { state: string }).state === 'awake') listener({ data: structuredClone(data) });
      });
    }
  };
  return {
    open() {
      const channel = {
        state: 'awake' as 'awake' | 'frozen',
        postMessage(message: unknown) {
          said.push(message as { type: string; from: string });
          if (channel.state === 'awake') send(channel, message);
        },
        addEventListener: (_: 'message', listener: (event: { readonly data: unknown }) => void) =>
          void listeners.set(channel, listener),
      };
      return channel;
    },
    shout: (data) => send(null, data),
    said,
  };
}
