import type { ClockPort } from '../../ports/clock.ts';
import { type GateMessage, type GateSaying, gateMessage, parseGateMessage } from './gate-protocol.ts';
import type { GateRoster } from './gate-roster.ts';

/** What gates of several tabs talk over; a `BroadcastChannel` is one. */
export interface GateChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** What a tab is told by the others. */
export interface GateOrders {
  /** Close the gate on behalf of that tab. */
  close(tab: string): void;
  /** That tab needs it closed no more; whether data has been changed since. */
  open(tab: string, data: 'changed' | 'unchanged'): void;
  /** That tab has gone away while it needed the gate closed. */
  holderGone(tab: string): void;
}

/** What the talking needs of its surroundings. */
export interface GateTabsSetting {
  readonly own: string;
  readonly channel: GateChannel;
  readonly roster: GateRoster;
  readonly clock: Pick<ClockPort, 'sleep'>;
  /** Milliseconds for which tabs that do not answer are waited for. */
  readonly patience: number;
  readonly orders: GateOrders;
  /** A text that differs once a run has changed data; `null` where nobody can tell. */
  readonly stamp: () => string | null;
  readonly onUnacknowledged: (tabs: readonly string[]) => void;
}

/** The other tabs' gates, as this tab's run closes and opens them. */
export interface GateTabs {
  /** Resolves when every other tab has closed its gate, or is not waited for any longer. */
  close(): Promise<void>;
  open(): void;
  /** The page goes away, and the others should not wait for it. */
  leave(): void;
  /** The page has come, or has come back. */
  greet(): void;
}

/** A time in which this tab wants all gates closed. */
interface Hold {
  readonly round: number;
  readonly stamp: string | null;
  readonly acknowledged: Set<string>;
  /** Called when somebody has acknowledged. */
  noticed: () => void;
  /** Ends the waiting. */
  readonly over: AbortController;
}

type Say = (saying: GateSaying) => void;

/** Tells everybody to close and waits for their answers, no longer than there is patience. */
async function tellToClose(hold: Hold, say: Say, setting: GateTabsSetting): Promise<void> {
  const { roster, clock, patience, onUnacknowledged } = setting;
  const { acknowledged, over } = hold;
  const watched = await roster.watched;
  if (over.signal.aborted) return;
  say({ type: 'close', round: hold.round, watched });
  const expected = await roster.others();
  const waiting = new AbortController();
  over.signal.addEventListener('abort', () => waiting.abort());
  const everybody = new Promise<void>((resolve) => {
    hold.noticed = () => {
      if (expected.every((id) => acknowledged.has(id))) resolve();
    };
    hold.noticed();
  });
  await Promise.race([everybody, clock.sleep(patience, waiting.signal)]);
  waiting.abort();
  if (over.signal.aborted) return;
  const living = new Set(await roster.others());
  const silent = expected.filter((id) => living.has(id) && !acknowledged.has(id));
  for (const id of silent) roster.left(id);
  if (silent.length > 0) onUnacknowledged(silent);
}

/** Keeps account of the tabs on whose behalf the gate is closed, and of their deaths. */
function createHolders({ roster, orders }: GateTabsSetting) {
  const stops = new Map<string, () => void>();
  const remove = (tab: string): 'known' | 'unknown' => {
    const stop = stops.get(tab);
    if (stop === undefined) return 'unknown';
    stops.delete(tab);
    stop();
    return 'known';
  };
  const gone = (tab: string): void => {
    if (remove(tab) === 'known') orders.holderGone(tab);
  };
  return {
    add(tab: string, watched: boolean): void {
      orders.close(tab);
      if (!stops.has(tab)) stops.set(tab, watched ? roster.watch(tab, () => gone(tab)) : () => {});
    },
    letGo(tab: string, data: 'changed' | 'unchanged'): void {
      if (remove(tab) === 'known') orders.open(tab, data);
    },
    gone,
  };
}

/** Talks with the other tabs that have a gate of the same name. */
export function createGateTabs(setting: GateTabsSetting): GateTabs {
  const { own, channel, roster } = setting;
  const holders = createHolders(setting);
  const say: Say = (saying) => channel.postMessage(gateMessage(own, saying));
  let rounds = 0;
  let hold: Hold | null = null;
  let closing: Promise<void> = Promise.resolve();

  /** Whoever comes later has to stand still as well. */
  async function tellNewcomer(): Promise<void> {
    const current = hold;
    const watched = await roster.watched;
    if (current !== null && hold === current) say({ type: 'close', round: current.round, watched });
  }

  function obey(message: GateMessage): void {
    const { from, type } = message;
    if (type === 'bye') roster.left(from);
    else roster.heard(from);
    if (type === 'hello') {
      say({ type: 'here' });
      void tellNewcomer();
    } else if (type === 'close') {
      holders.add(from, message.watched);
      say({ type: 'closed', round: message.round, to: from });
    } else if (type === 'open') holders.letGo(from, message.changed ? 'changed' : 'unchanged');
    else if (type === 'bye') holders.gone(from);
    else if (type === 'closed' && message.to === own && message.round === hold?.round) {
      hold.acknowledged.add(from);
      hold.noticed();
    }
  }

  channel.addEventListener('message', ({ data }) => {
    const message = parseGateMessage(data);
    if (message !== null && message.from !== own) obey(message);
  });
  return {
    close() {
      if (hold === null) {
        rounds += 1;
        const over = new AbortController();
        hold = { round: rounds, stamp: setting.stamp(), acknowledged: new Set(), noticed: () => {}, over };
        closing = tellToClose(hold, say, setting);
      }
      return closing;
    },
    open() {
      if (hold === null) return;
      const { round, stamp, over } = hold;
      hold = null;
      over.abort();
      const now = setting.stamp();
      say({ type: 'open', round, changed: now === null || now !== stamp });
    },
    greet: () => say({ type: 'hello' }),
    leave: () => say({ type: 'bye' }),
  };
}
