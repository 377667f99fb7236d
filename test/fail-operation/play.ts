import { BackpedalError } from '../../src/errors.ts';
import type { Backpedal } from '../../src/runtime/public-types.ts';
import type { RecoveryResult } from '../../src/runtime/record-types.ts';
import type { MigrationState } from '../../src/runtime/status-types.ts';
import { closedGate } from '../../src/testing/index.ts';
import { differences, type Told, untruths, type Witness, withoutCopy, witness } from '../support/invariants.ts';
import type { FaultKind } from './fault-kinds.ts';
import { type Call, createMeter, type Meter } from './numbered-ports.ts';
import { answering, recoverWith, type Scene, sceneIn, until } from './scene.ts';
import type { Situation } from './situations.ts';
import { cloneWorld, createWorld, startProcess } from './world.ts';

/** A situation, how it ends when nothing fails, and what its client asks of its ports until then. */
export interface Rehearsal {
  readonly situation: Situation;
  readonly scene: Scene;
  readonly calls: readonly Call[];
  readonly good: MigrationState;
}

function cloneScene(scene: Scene): Scene {
  return Object.assign(sceneIn(cloneWorld(scene.world), 'good'), {
    ends: scene.ends,
    proved: scene.proved,
    custody: scene.custody,
  });
}

/** How the client's work ended, if it did. */
type Ending =
  | { readonly value: unknown }
  | {
      readonly error: unknown;
      /** A person is asked, whose answer does not come through. */
      readonly asks: boolean;
    };

async function act(situation: Situation, scene: Scene, meter: Meter, name: string): Promise<Ending & { kill(): void }> {
  const { world } = scene;
  const { client, kill } = startProcess(world, name, meter);
  try {
    const work = answering(world.clock, client, situation.answers, situation.act(client, scene));
    return { value: await until(world.clock, work), kill };
  } catch (error) {
    return { error, asks: client.getSnapshot().question !== null, kill };
  }
}

/** Sets the scene and lets the situation take its course without faults. */
export async function rehearse(situation: Situation): Promise<Rehearsal> {
  const scene = sceneIn(createWorld(), 'setting');
  await situation.setUp(scene);
  const copy = cloneScene(scene);
  const meter = createMeter();
  const ending = await act(situation, copy, meter, 'faulty');
  if ('error' in ending) throw ending.error;
  const calls = [...meter.calls];
  ending.kill();
  const { client } = copy.start();
  const { migrationState } = await copy.until(client.recover());
  scene.ends.set(migrationState, witness(copy.world));
  return { situation, scene, calls, good: migrationState };
}

/** Lets one operation go wrong in one way; gives what was broken, in words. */
export async function play(rehearsal: Rehearsal, kind: FaultKind, at: number): Promise<readonly string[]> {
  const { situation, scene: prepared } = rehearsal;
  const scene = cloneScene(prepared);
  const gate = closedGate();
  const fault = {
    isFirst: ({ number }: Call) => number === at,
    meet: kind.meeting({ world: scene.world, late: gate.opened }),
  };
  const meter = createMeter(kind.goesOn === undefined ? fault : { ...fault, goesOn: kind.goesOn });
  const ending = await act(situation, scene, meter, 'faulty');
  const broken: string[] = [];
  if (meter.hits() === 0) broken.push('the fault was never met');
  if ('error' in ending && !(ending.error instanceof BackpedalError) && !ending.asks)
    broken.push(`I8: ${String(ending.error)}`);
  if (kind.nature === 'late') {
    const ended = witness(scene.world);
    gate.open();
    await scene.world.clock.advance(0);
    broken.push(...differences(witness(scene.world), ended).map((difference) => `woken up late: ${difference}`));
  }
  const { operations } = scene.world;
  const hit = meter.calls[at - 1];
  if (
    'value' in ending &&
    kind.repeat === 'once' &&
    kind.nature !== 'lie' &&
    hit?.port !== 'operations' &&
    situation.locked === undefined &&
    operations.state === 'stopped' &&
    !isTold(ending, 'waiting')
  )
    broken.push('I8: the app’s writers are stopped');
  ending.kill();
  // Whoever starts anew has its writers on.
  operations.state = 'running';
  return [...broken, ...(await recovered(rehearsal, scene, kind, ending))];
}

/** Whether a client was told what to do until then; who waits for a run that goes on elsewhere writes nothing. */
const isTold = (ending: Ending, action: RecoveryResult['action']): boolean =>
  'value' in ending && (ending.value as Partial<RecoveryResult> | undefined)?.action === action;

type Outcome = Told & { readonly rollback?: Told; readonly migration?: Told };

/** What the client told of a run, if it told of one. */
function toldBy(ending: Ending): Told | null {
  if (!('value' in ending) || typeof ending.value !== 'object' || ending.value === null) return null;
  const value = ending.value as Partial<Outcome>;
  return value.rollback ?? value.migration ?? (value.finalStatus === undefined ? null : (value as Told));
}

/** A good client recovers; nothing is lost, mixed or left open. */
async function recovered(
  { situation, good }: Rehearsal,
  scene: Scene,
  kind: FaultKind,
  ending: Ending,
): Promise<readonly string[]> {
  const { world } = scene;
  const { client } = scene.start();
  let action: string;
  try {
    ({ action } = await scene.until(recoverWith(world.clock, client, situation.answers)));
  } catch (error) {
    return [`it cannot be recovered: ${String(error)}`];
  }
  if (action === 'waiting') return ['I8: it waits for ever'];
  const next = scene.start().client;
  const { migrationState: state } = await scene.until(recoverWith(world.clock, next, situation.answers));
  // A vault that keeps nothing has nothing to tell the next process of.
  const told = kind.nature === 'lie' ? null : toldBy(ending);
  return [
    ...untruths(told, client.getSnapshot()),
    ...(await stateOfAffairs(situation, scene, { state, kind, client: next })),
    ...(state === good ? [] : await goOn(situation, scene, state, good)),
  ];
}

/** Whoever lies every time is believed, and so is one by whose word a person has decided; nothing may be lost even so. */
const isBelieved = (situation: Situation, { nature, repeat }: FaultKind): boolean =>
  nature === 'lie' && (repeat === 'forever' || situation.custody === 'rows');

async function stateOfAffairs(
  situation: Situation,
  scene: Scene,
  { state, kind, client }: { readonly state: MigrationState; readonly kind: FaultKind; readonly client: Backpedal },
): Promise<readonly string[]> {
  const { world, ends, custody, proved } = scene;
  const broken: string[] = [];
  const now = witness(world);
  const expected = ends.get(state);
  const isLocked = state === 'SAFE_MODE';
  if (isLocked && situation.locked === undefined && kind.repeat === 'once' && kind.nature !== 'lie')
    broken.push('safe mode after one fault');
  if (expected === undefined && !isLocked) broken.push(`I5: an end ${state} that was not to be`);
  const isProved = state === 'ROLLED_BACK' && proved.some((good) => differences(now, good).length === 0);
  if (expected !== undefined && !isProved && !isBelieved(situation, kind))
    broken.push(...differences(now, expected).map((difference) => `I5: ${state}, but ${difference}`));
  if (world.operations.state !== (isLocked ? 'stopped' : 'running'))
    broken.push(`I8: the app’s writers are ${world.operations.state}`);
  const { holder } = await world.database.ledger(world.migration.id);
  if (holder !== null && !isLocked && !isBelieved(situation, kind)) broken.push('I8: the lease is still held');
  const wanted: Witness = situation.custody === 'rows' ? { ...custody, storage: new Map() } : custody;
  broken.push(...(await withoutCopy(world, client, wanted)));
  return broken;
}

/** Unless it is locked, the same once more without faults comes to the good end. */
async function goOn(
  situation: Situation,
  scene: Scene,
  state: MigrationState,
  good: MigrationState,
): Promise<readonly string[]> {
  if (state === 'SAFE_MODE' || situation.locked === 'begins') return [];
  // A lost migration or rollback that was undone is no longer there to be recovered.
  if (situation.name.startsWith('recover()')) return [];
  const ending = await act(situation, scene, createMeter(), 'again');
  ending.kill();
  if ('error' in ending) return [`the next one: ${String(ending.error)}`];
  const { migrationState } = await scene.until(scene.start().client.recover());
  if (migrationState !== good) return [`the next one ended ${migrationState}`];
  const expected = scene.ends.get(good) as Witness;
  return differences(witness(scene.world), expected).map((difference) => `after the next one ${difference}`);
}
