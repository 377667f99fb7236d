import { asBackpedalError, type BackpedalError } from '../../src/errors.ts';
import type { Backpedal, Notification } from '../../src/index.ts';
import {
  type Fault,
  type ManualClock,
  type MemoryLock,
  manualClock,
  memoryCache,
  memoryLock,
  memoryStorage,
  memoryVault,
} from '../../src/testing/index.ts';
import { chartGraph } from '../charts/chart-graph.ts';
import { type ChartId, chartOf } from '../charts/charts.ts';
import { momentTitle } from './moment-title.ts';
import { createObserver, type Lasting } from './observe.ts';
import { createPacer, type Pace, type Pacer } from './pacer.ts';
import { sampleDatabase, sampleEntries, sampleMigration } from './sample-app.ts';
import { EMPTY_SCENE, type Footprint, type Scene, type TabScene } from './scene.ts';
import { openTab, type PortName, type Tab } from './tab.ts';
import { recorded, type TimeLine } from './time-line.ts';

/** How a sandbox begins. */
export interface SandboxOptions {
  /** Tasks that the app's schema refuses. Default 0. */
  readonly brokenTasks?: number;
  readonly tabs?: readonly string[];
}

/** What the page shows of a sandbox: a new object whenever something happened. */
export interface SandboxView {
  readonly line: TimeLine<Scene>;
  readonly pace: Pace;
  /** The state before which runs are held. */
  readonly stop: string | null;
  readonly isHolding: boolean;
  /** Counts the tabs that were opened, so that whoever shows one knows when it is another. */
  readonly generation: number;
  /** What was refused last, and by which tab. */
  readonly refusal: string | null;
}

/** The app with its storage, database, vault and cache, in memory and under a clock that is turned by hand. */
export interface Sandbox {
  readonly lasting: Lasting;
  readonly lock: MemoryLock;
  readonly clock: ManualClock;
  readonly pacer: Pacer;
  readonly original: ReadonlyMap<string, string>;
  tab(name: string): Tab;
  tabNames(): readonly string[];
  subscribe(listener: () => void): () => void;
  getView(): SandboxView;
  /** Asks something of a tab's client. What it refuses is shown; the promise resolves in any case. */
  ask<T>(name: string, title: string, work: (client: Backpedal) => Promise<T>): Promise<T | BackpedalError>;
  /** Something that people or other programs do. */
  act(title: string, work: () => void): void;
  /** Lets the next call of an operation fail. */
  fail(name: string, port: PortName, fault: Fault): void;
  /** The memory that is in use, 0 to 1. */
  useMemory(part: number): void;
  /** How long every call of a port takes: no time, or four seconds. */
  setSpeed(speed: 'usual' | 'sluggish'): void;
  /** Lets so many milliseconds pass, also while something is held. */
  passTime(milliseconds: number): void;
  /** Whether the database answers. */
  setDatabase(state: 'there' | 'away'): void;
  freeze(name: string): void;
  thaw(name: string): void;
  /** A tab is closed in the middle of whatever it does. */
  killTab(name: string): void;
  /** The whole browser dies; what had not reached the disk is lost, or has just made it. */
  killBrowser(unwritten: 'lost' | 'kept'): void;
  /** Opens a tab again, with a new client. */
  reopen(name: string): Tab;
  /** Whether a tab is not the first of its name: then recovery comes first. */
  wasReopened(name: string): boolean;
  /** Forgets what happened so far: the time-line begins here. */
  beginHere(): void;
  dispose(): void;
}

const labelOf = (chart: ChartId, state: string): string =>
  chartGraph(chartOf(chart).machine).states.find(({ id }) => id === state)?.label ?? state;

const CLOCK_STEP = 50;
const SLUGGISH_STEP = 4_000;

/** Opens a sandbox. Time goes on by itself, except while a run is held up for people to watch. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const entries = sampleEntries(options.brokenTasks ?? 0);
  const original = new Map(entries);
  const clock = manualClock({ now: Date.UTC(2026, 5, 1, 9) });
  const lasting: Lasting = {
    storage: memoryStorage({ entries }),
    database: sampleDatabase(),
    vault: memoryVault(),
    cache: memoryCache({ entries: { 'task:t1': 'cached', 'project:house': 'cached', 'session:42': 'of others' } }),
  };
  const lock = memoryLock();
  const listeners = new Set<() => void>();
  const tabs = new Map<string, { tab: Tab; trail: Footprint[]; stop: () => void }>();
  const reopened = new Set<string>();
  const notices: string[] = [];
  const observe = createObserver(lasting, original);
  let memory = 0.4;
  let speed: 'usual' | 'sluggish' = 'usual';
  let waiting: (() => void)[] = [];
  let owed = 0;
  let database: 'there' | 'away' = 'there';
  let opened = 0;
  let disposed = false;
  let begun = 0;
  let view: SandboxView = {
    line: { moments: [], state: EMPTY_SCENE },
    pace: 'fast',
    stop: null,
    isHolding: false,
    generation: 0,
    refusal: null,
  };

  const show = (change: Partial<SandboxView>): void => {
    view = { ...view, ...change };
    for (const listener of [...listeners]) listener();
  };
  const pacer = createPacer(() => show({ pace: pacer.pace(), stop: pacer.stop(), isHolding: pacer.isHolding() }));

  const tabScenes = (): Record<string, TabScene> =>
    Object.fromEntries(
      [...tabs].map(([name, { tab, trail }]) => [
        name,
        { life: tab.life(), status: tab.client.getSnapshot(), trail: [...trail] },
      ]),
    );
  const record = (title: string): void => {
    if (disposed) return;
    const scenes = tabScenes();
    const told = Object.values(scenes).find(({ life, status }) => life !== 'gone' && status.runId !== null);
    const scene: Scene = {
      ...observe(),
      tabs: scenes,
      notices: [...notices],
      migrationState: told?.status.migrationState ?? view.line.state.migrationState,
    };
    const line = recorded(view.line, title, clock.monotonic() - begun, scene);
    if (line !== view.line) show({ line });
  };

  const notified = ({ audience, type, title }: Notification): void => {
    notices.push(`${type} for ${audience}: ${title}`);
  };
  const setting = {
    migration: sampleMigration,
    lasting,
    lock,
    clock,
    pacer,
    memory: () => memory,
    delay: () =>
      speed === 'usual'
        ? null
        : new Promise<void>((resolve) => {
            waiting.push(resolve);
          }),
    isDatabaseAway: () => database === 'away',
    notified,
    called: (port: PortName, operation: string, subject: string) => record(momentTitle(port, operation, subject)),
  };
  const open = (name: string): Tab => {
    opened += 1;
    tabs.get(name)?.stop();
    const tab = openTab(name, `${name.toLowerCase()}${opened}`, setting);
    const trail: Footprint[] = [];
    const stop = tab.client.subscribe(() => {
      const { activity, runId, state } = tab.client.getSnapshot();
      const last = trail.at(-1);
      if (activity === 'idle' || runId === null || state === null) return record(`Tab ${name}: nothing is being done`);
      if (last?.run !== runId || last.state !== state) trail.push({ chart: activity as ChartId, run: runId, state });
      record(`Tab ${name}: ${labelOf(activity as ChartId, state)}`);
    });
    tabs.set(name, { tab, trail, stop });
    show({ generation: opened });
    return tab;
  };
  const tabOf = (name: string): Tab => {
    const found = tabs.get(name);
    if (found === undefined) throw new Error(`There is no tab "${name}".`);
    return found.tab;
  };

  const turn = async (): Promise<void> => {
    if (disposed) return;
    const step = owed + (pacer.isHolding() ? 0 : speed === 'usual' ? CLOCK_STEP : SLUGGISH_STEP);
    owed = 0;
    if (step > 0) await clock.advance(step);
    const called = waiting;
    waiting = [];
    for (const answer of called) answer();
    setTimeout(() => void turn(), pacer.pace() === 'fast' ? 0 : CLOCK_STEP);
  };
  for (const name of options.tabs ?? ['A']) open(name);
  record('the beginning');
  void turn();

  return {
    lasting,
    lock,
    clock,
    pacer,
    original,
    tab: tabOf,
    tabNames: () => [...tabs.keys()],
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getView: () => view,
    ask: async (name, title, work) => {
      show({ refusal: null });
      try {
        return await work(tabOf(name).client);
      } catch (error) {
        const refusal = asBackpedalError(error);
        show({ refusal: `${name}, ${title}: ${refusal.message}` });
        return refusal;
      } finally {
        record(`Tab ${name}: ${title}`);
      }
    },
    act: (title, work) => {
      work();
      record(title);
    },
    fail: (name, port, fault) => tabOf(name).faulty[port].add(fault),
    useMemory: (part) => {
      memory = part;
    },
    setSpeed: (next) => {
      speed = next;
    },
    passTime: (milliseconds) => {
      owed += milliseconds;
    },
    setDatabase: (state) => {
      database = state;
    },
    freeze: (name) => {
      tabOf(name).freeze();
      record(`Tab ${name} is frozen`);
    },
    thaw: (name) => {
      tabOf(name).thaw();
      record(`Tab ${name} is thawed`);
    },
    killTab: (name) => {
      tabOf(name).kill();
      record(`Tab ${name} is closed`);
    },
    killBrowser: (unwritten) => {
      for (const { tab } of tabs.values()) tab.kill();
      lasting.storage.crash(unwritten === 'lost' ? 'none' : 'all');
      lasting.vault.crash('none');
      record('The browser is killed');
    },
    wasReopened: (name) => reopened.has(name),
    reopen: (name) => {
      const tab = open(name);
      reopened.add(name);
      record(`Tab ${name} is opened again`);
      return tab;
    },
    beginHere: () => {
      lasting.storage.flush();
      begun = clock.monotonic();
      notices.length = 0;
      for (const { trail } of tabs.values()) trail.length = 0;
      record('the beginning');
      show({ line: { moments: [], state: view.line.state } });
    },
    dispose: () => {
      disposed = true;
      for (const { tab, stop } of tabs.values()) {
        stop();
        tab.kill();
      }
    },
  };
}
