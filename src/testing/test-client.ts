import type { ChartId } from '../runtime/execution/types.ts';
import type { Backpedal } from '../runtime/public-types.ts';
import type { AuditEntry, BackupSummary, RollbackPlan, RollbackReadiness } from '../runtime/record-types.ts';
import type { RollbackStatus } from '../runtime/status-types.ts';
import { answersOf, type ClientMethods, samplePlan, type TestMethods } from './test-client/answers.ts';
import { idleStatus, statusIn } from './test-client/status.ts';

/** What a test client shows, beginning with the state of a chart. */
export interface TestClientState extends Omit<Partial<RollbackStatus>, 'activity' | 'state'> {
  /** The chart's name. Default `rollback` when a state is given. */
  readonly activity?: RollbackStatus['activity'];
  /** A state of the chart by its path or its own name: `executing.clearingDatabase`, `clearingDatabase`. */
  readonly state?: string | null;
}

/** What `createTestClient` is given: what is shown at first, and what its methods answer. */
export interface TestClientOptions extends TestClientState {
  readonly readiness?: RollbackReadiness;
  /** What a plan for three rows says otherwise. */
  readonly plan?: Partial<RollbackPlan>;
  readonly backups?: readonly BackupSummary[];
  readonly auditTrail?: readonly AuditEntry[];
  /** Answers in the test's own way: a rejection, a promise that stays open. */
  readonly methods?: TestMethods;
}

/** A call that a component has made. */
export interface TestCall {
  /** As it is written: `rollback`, `backups.list`. */
  readonly method: string;
  readonly arguments: readonly unknown[];
}

/** A client without a world behind it, for tests and stories of components. */
export interface TestClient extends Backpedal {
  /** Shows something else; what is left out stays as it was, unless another state says so. */
  readonly show: (next: TestClientState) => void;
  /** Everything but looking at the status, in the order in which it was asked for. */
  readonly calls: readonly TestCall[];
}

const chartOf = (activity: RollbackStatus['activity'] | undefined): ChartId =>
  activity === undefined || activity === 'idle' ? 'rollback' : activity;

function nextStatus(current: RollbackStatus, { state, ...more }: TestClientState): RollbackStatus {
  if (state === undefined) return { ...current, ...more };
  if (state === null) return idleStatus({ ...more, activity: 'idle' });
  return statusIn(chartOf(more.activity ?? current.activity), state, more);
}

type Method = (...args: unknown[]) => unknown;

/** The same methods, each noting down that it was called. */
function recorded<T extends object>(methods: T, calls: TestCall[], prefix = ''): T {
  const entries = Object.entries(methods).map(([name, method]: [string, Method | object]) => {
    if (typeof method === 'object') return [name, recorded(method, calls, `${name}.`)];
    const record: Method = (...args) => {
      calls.push({ method: prefix + name, arguments: args });
      return (method as Method)(...args);
    };
    return [name, record];
  });
  return Object.fromEntries(entries) as T;
}

type Answers = {
  readonly [Name in 'readiness' | 'plan' | 'backups' | 'auditTrail' | 'methods']: TestClientOptions[Name];
};

function answering(
  answers: ClientMethods,
  { readiness, plan, backups, auditTrail, methods = {} }: Answers,
): ClientMethods {
  return {
    ...answers,
    ...(readiness === undefined ? {} : { canRollback: async () => readiness }),
    plan: async () => ({ ...samplePlan, ...plan }),
    ...methods,
    archive: { ...answers.archive, ...methods.archive },
    backups: { ...answers.backups, list: async () => backups ?? [], ...methods.backups },
    audit: { list: async () => auditTrail ?? [], ...methods.audit },
  };
}

/**
 * A client in a state of your choice, for the tests and stories of components: `createTestClient({ state:
 * 'restoringStorage', progress: 40 })`. What it shows is what the chart says of that state. Nothing is behind it: its
 * runs go well and take no time, unless `methods` answer otherwise; `calls` tells what was asked for. Tests of whole
 * runs use a real client with memory adapters.
 * @throws InputError `INPUT_ARGUMENT` for a state that the chart does not have
 */
export function createTestClient(options: TestClientOptions = {}): TestClient {
  const { readiness, plan, backups, auditTrail, methods, ...first } = options;
  const own = { readiness, plan, backups, auditTrail, methods };
  const listeners = new Set<() => void>();
  const calls: TestCall[] = [];
  let status = Object.freeze(nextStatus(idleStatus({}), first));
  const show = (next: TestClientState): void => {
    status = Object.freeze(nextStatus(status, next));
    for (const listener of [...listeners]) listener();
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const answers = answersOf({
    status: () => status,
    enter: (state, activity) => show({ state, ...(activity === undefined ? {} : { activity }) }),
    monitor: (_migration, onUpdate) => {
      onUpdate(status);
      return subscribe(() => onUpdate(status));
    },
  });
  return {
    ...recorded({ ...answering(answers, own), close: async () => {} }, calls),
    getSnapshot: () => status,
    subscribe,
    show,
    calls,
  };
}
