import type { RollbackContext } from '../../machines/rollback/types.ts';
import type { JournalRecord } from '../../runtime/journal-record.ts';
import { closedGate } from '../faulty.ts';
import { type ProcessSetting, startProcess } from './app-process.ts';
import { type ChartPath, type PathStep, stateName } from './chart-path.ts';
import { checkInvariants, type RunEnd, type Witness, witness } from './check-invariants.ts';
import { type Script, sceneFor } from './common-scenes.ts';
import { runCrashRecoveryPath } from './crash-recovery-run.ts';
import { emergencyRecoveryScript } from './emergency-recovery-script.ts';
import { migrationScript } from './migration-script.ts';
import { type CreatePathWorld, memoryPathWorld, type PathWorld, type PathWorldNeeds } from './path-world.ts';
import { playScene } from './play-scene.ts';
import { rollbackScript } from './rollback-script.ts';
import { isResting, nextStep, type Stage } from './stage.ts';
import { stepClock } from './step-clock.ts';
import { follow, isSeenBefore, turn, until, type Walk } from './walk.ts';

/** What became of a path that was run with a real client. */
export interface PathReport {
  readonly path: ChartPath;
  /** What was not as it should have been, in words; empty when all was well. */
  readonly failures: readonly string[];
}

/** How paths are run. */
export interface RunPathOptions {
  /** Makes the world of each path. Default: one on the adapters in memory. */
  readonly createWorld?: CreatePathWorld;
  /** How many turns of the event loop the world may take to answer. Default 100; more where there is real I/O. */
  readonly patience?: number;
}

/** A crash recovery begins before anything is recorded, and has a runner of its own. */
const scripts: Readonly<Record<Exclude<ChartPath['chart'], 'crashRecovery'>, Script>> = {
  rollback: rollbackScript,
  migration: migrationScript,
  emergencyRecovery: emergencyRecoveryScript,
};

/** A path of a chart whose every state is recorded. */
type RecordedPath = ChartPath & { readonly chart: keyof typeof scripts };

const isRecorded = (path: ChartPath): path is RecordedPath => path.chart !== 'crashRecovery';

/** Compares a record with the path, and arranges for what is to come next before any command begins. */
function enter(walk: Walk, record: JournalRecord): void {
  const { stage } = walk;
  if (!isOfRun(stage, record)) return;
  const step = stage.record === null ? null : nextStep(stage);
  const [event, state] = step === null ? ['BEGIN', stage.path.start] : [step?.event.type, step?.to];
  const found = stateName(record.snapshot.value);
  if (record.event.type !== event || found !== state) {
    const fault = 'code' in record.event ? ` ${record.event.code}` : '';
    walk.failures.push(`step ${stage.taken}: ${record.event.type}${fault} led to ${found}, not ${event} to ${state}`);
    return;
  }
  if (stage.record !== null) stage.taken += 1;
  stage.record = record;
  stage.items.accepted = true;
  stage.process.storage.answers = 'truth';
  arrange(walk, step ?? null);
}

/** Records of an inner run, and of other runs, are none of the path. */
const isOfRun = ({ path, record: known }: Stage, { machine, run }: JournalRecord): boolean =>
  machine.id === path.chart && (known === null || known.run === run);

function arrange(walk: Walk, last: PathStep | null): void {
  const { stage } = walk;
  const { process } = stage;
  const isNewCommand = last?.continues !== true || last.event.type === 'RESUMED';
  if (isNewCommand) walk.gates.push(process.detach());
  walk.scene = null;
  if (nextStep(stage) === undefined || walk.arranged > stage.taken) return;
  const scene = sceneFor(walk.script, stage);
  walk.scene = scene;
  walk.isDoomed = scene.kind === 'crash' && scene.moment === 'atRecord';
  if (isResting(stage)) {
    // Nothing can be held here, so what is to fail must be known at once.
    if (scene.kind === 'answer') void scene.prepare?.(stage);
  } else if (isNewCommand) {
    const isAtPorts = isSeenBefore(stage) || (scene.kind === 'act' && scene.moment === 'atPorts');
    process.hold(isAtPorts ? 'atPorts' : 'atOnce');
  }
}

/** Takes the path's steps, one after the other. */
async function takeSteps(walk: Walk): Promise<void> {
  const { stage, failures } = walk;
  await until(walk, () => stage.record !== null);
  while (stage.taken < stage.path.steps.length && failures.length === 0) {
    const before = stage.taken;
    // Everything that can go on has gone on: what nobody wants any more has been told so.
    await turn();
    for (const open of walk.gates.splice(0)) open();
    if (walk.scene !== null) await playScene(walk, walk.scene);
    const { name, from } = stage.path.steps[before] as PathStep;
    if (!(await until(walk, () => stage.taken > before))) failures.push(`step ${before}: no ${name} in ${from}`);
    if (nextStep(stage)?.event.type === 'UNLOCK') await until(walk, walk.isWorkSettled);
  }
  for (const open of walk.gates.splice(0)) open();
  stage.process.release();
}

/** A world, and what was in it before the migration. */
interface Beginning {
  readonly world: PathWorld;
  readonly original: Witness;
}

/**
 * Carries a migration out, so that there is something to take back; an emergency recovery has an older backup besides,
 * of a migration that was taken back.
 */
async function migrateIn(world: PathWorld, chart: ChartPath['chart']): Promise<Beginning> {
  const original = await witness(world);
  const { client } = startProcess('process-0', {
    world,
    clock: stepClock(),
    operations: { state: 'running' },
    beforeRecord: () => 'go on',
    afterRecord: () => {},
  });
  if (chart === 'emergencyRecovery') {
    await client.migrate();
    await client.rollback({ reason: 'USER_REQUEST' });
  }
  const { outcome } = await client.migrate();
  if (outcome !== 'migrated') throw new Error(`The migration that is to be taken back ended ${outcome}.`);
  await client.close();
  return { world, original };
}

function createWalk(path: RecordedPath, world: PathWorld, items: Stage['items'], patience: number): Walk {
  const clock = stepClock();
  const setting: ProcessSetting = {
    world,
    clock,
    operations: { state: 'running' },
    beforeRecord: (record) => (walk.isDoomed && isOfRun(walk.stage, record) ? 'die' : 'go on'),
    afterRecord: (record) => enter(walk, record),
  };
  const stage: Stage = {
    path,
    world,
    clock,
    outside: world.open(new AbortController().signal),
    edits: { storage: [], rows: [] },
    items,
    abort: new AbortController(),
    late: closedGate(),
    process: startProcess('process-1', setting),
    taken: 0,
    record: null,
  };
  const walk: Walk = {
    stage,
    setting,
    script: scripts[path.chart],
    patience,
    failures: [],
    gates: [],
    scene: null,
    isDoomed: false,
    arranged: 0,
    processes: 1,
    isWorkSettled: () => true,
  };
  return walk;
}

/** Runs paths, one after the other. */
export interface PathRunner {
  /**
   * Runs a path with a real client: every step is brought about by what happens in the world, and every record of the
   * journal has to be the path's; while a crash recovery only looks, what it logs has to be. Then what must hold after
   * any run is checked (see `checkInvariants`).
   */
  run(path: ChartPath): Promise<PathReport>;
}

/** A runner that makes a world for every path. */
export function createPathRunner(options: RunPathOptions = {}): PathRunner {
  const { createWorld = memoryPathWorld, patience = 100 } = options;
  const migrated = new Map<ChartPath['chart'], Beginning>();

  async function begin(path: ChartPath, items: Stage['items']): Promise<Beginning> {
    const needs: PathWorldNeeds = { batches: batchesOf(path), acceptsItems: () => items.accepted };
    const known = migrated.get(path.chart);
    if (known?.world.fork !== undefined) return { world: known.world.fork(needs), original: known.original };
    const world = await createWorld(needs);
    if (path.chart === 'migration') return { world, original: await witness(world) };
    const begun = await migrateIn(world, path.chart);
    if (world.fork === undefined) return begun;
    migrated.set(path.chart, begun);
    return { world: world.fork(needs), original: begun.original };
  }

  return {
    run: async (path) => {
      if (!isRecorded(path)) return { path, failures: await runCrashRecoveryPath(path, createWorld, patience) };
      const items = { accepted: true };
      const { world, original } = await begin(path, items);
      const before = path.chart === 'migration' ? original : await witness(world);
      const walk = createWalk(path, world, items, patience);
      await walkToEnd(walk);
      if (walk.failures.length === 0) walk.failures.push(...(await judge(walk, original, before)));
      return { path, failures: walk.failures };
    },
  };
}

/** A migration copies one batch more than it is told of more to come. */
const batchesOf = ({ steps }: ChartPath): number =>
  1 + steps.filter(({ name }) => name === 'BATCH_COPIED, more to come').length;

async function walkToEnd(walk: Walk): Promise<void> {
  const { stage, failures } = walk;
  const { client } = stage.process;
  const { signal } = stage.abort;
  const isMigration = stage.path.chart === 'migration';
  await walk.script.begin?.(stage);
  follow(walk, stage.process, isMigration ? client.migrate() : client.rollback({ reason: 'USER_REQUEST', signal }));
  await takeSteps(walk);
  if (failures.length > 0) return;
  if (!(await until(walk, walk.isWorkSettled))) failures.push('the client never came to an end');
}

/** Whether a run comes past a failure that its end does not depend on. */
const passes = ({ steps }: ChartPath, state: string): boolean =>
  steps.some((step) => step.from === state && step.to !== state && step.event.type === 'FAILED');

/** How the run that is judged ends after the path. */
function endOf({ steps }: ChartPath): RunEnd {
  const last = steps.at(-1)?.to;
  if (last === 'recovered') return 'rolledBack';
  return last === 'notRecovered' ? 'unchanged' : (last as RunEnd);
}

/** What must hold after the run, seen by a process that is started after it. */
async function judge({ stage, setting }: Walk, original: Witness, before: Witness): Promise<readonly string[]> {
  const { path, process, record, edits, world } = stage;
  await process.client.close();
  process.death.abort();
  const end = endOf(path);
  const { choice = null } = (record?.snapshot.context ?? {}) as Partial<RollbackContext>;
  const fresh = startProcess('process-after', { ...setting, beforeRecord: () => 'go on', afterRecord: () => {} });
  const found: string[] = [];
  if (end !== 'safeMode' && setting.operations.state === 'stopped' && !passes(path, 'releasing'))
    found.push(`after ${end} the app's writers still stand still`);
  // An emergency recovery is judged by the rollback that it is within.
  const facts = {
    world,
    chart: path.chart,
    run: record?.parent ?? record?.run ?? '',
    end,
    original,
    before,
    edits,
    choice,
  };
  const audited = passes(path, 'announcing') ? 'perhaps' : 'yes';
  return [...found, ...(await checkInvariants({ ...facts, audited, client: fresh.client }))];
}
