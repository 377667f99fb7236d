import { closedGate } from '../faulty.ts';
import { startProcess } from './app-process.ts';
import type { Scene } from './scene.ts';
import { isResting, presentState } from './stage.ts';
import { follow, isSeenBefore, until, type Walk, whileAlive } from './walk.ts';

/** Brings the next step about: when it resolves, everything has been done that the step needs. */
export async function playScene(walk: Walk, scene: Scene): Promise<void> {
  const { stage } = walk;
  const before = stage.taken;
  const isReady = (): boolean => stage.process.isHeld() || isResting(stage) || stage.taken > before;
  if (!(await until(walk, isReady))) {
    walk.failures.push(`step ${before}: nothing came to where it is held in ${presentState(stage)}`);
    return;
  }
  if (stage.taken > before || walk.failures.length > 0) return;
  if (scene.kind === 'crash') await crash(walk, scene);
  else if (scene.kind === 'act') await act(walk, scene);
  else await answer(walk, scene);
}

async function answer({ stage }: Walk, { prepare }: Extract<Scene, { kind: 'answer' }>): Promise<void> {
  const { late, process, clock } = stage;
  // Where nothing can be held, the stage was set as soon as the state was entered.
  if (!isResting(stage)) await prepare?.(stage);
  if (isSeenBefore(stage)) {
    process.answerMemory(late.opened.then(() => 0.99));
    clock.tick(1000);
  }
  process.release();
}

async function act(walk: Walk, scene: Extract<Scene, { kind: 'act' }>): Promise<void> {
  if (typeof scene.moment === 'object') await reach(walk, scene.moment);
  try {
    await scene.act(walk.stage);
  } catch (error) {
    walk.failures.push(`step ${walk.stage.taken}: it was refused: ${String(error)}`);
  }
}

/** Lets a command go on until a call of it has been made, whose answer is kept back. */
async function reach(
  walk: Walk,
  { port, operation }: Extract<Extract<Scene, { kind: 'act' }>['moment'], object>,
): Promise<void> {
  const { process, taken } = walk.stage;
  const gate = closedGate();
  let isMade = false;
  process.faulty[port].add({
    operation,
    moment: 'after',
    behaviour: {
      get waitsFor() {
        isMade = true;
        return gate.opened;
      },
    },
  });
  walk.gates.push(gate.open);
  process.release();
  if (!(await until(walk, () => isMade))) walk.failures.push(`step ${taken}: ${operation} was never called`);
}

async function crash(walk: Walk, { moment, prepare }: Extract<Scene, { kind: 'crash' }>): Promise<void> {
  const { stage } = walk;
  await prepare?.(stage);
  const { death, release } = stage.process;
  if (moment === 'atOnce') death.abort();
  else release();
  if (!(await until(walk, () => death.signal.aborted))) {
    walk.failures.push(`step ${stage.taken}: the process did not come to its next record`);
    return;
  }
  walk.isDoomed = false;
  walk.gates.length = 0;
  const waits = isResting(stage);
  startNext(walk);
  follow(walk, stage.process, stage.process.client.recover());
  if (!waits) return;
  await until(walk, walk.isWorkSettled);
  await takeUp(walk);
}

/** Starts the next process. */
export function startNext(walk: Walk): void {
  walk.processes += 1;
  walk.stage.process = startProcess(`process-${walk.processes}`, walk.setting);
}

/** A run that waits is taken up only by an answer, which is the step after the next. */
async function takeUp(walk: Walk): Promise<void> {
  const { stage } = walk;
  const { client } = stage.process;
  const following = stage.path.steps[stage.taken + 1];
  // Whichever answer: its process dies before it is recorded.
  if (following?.event.type === 'RESUMED') return whileAlive(stage.process, walk.script.decide(stage, following));
  walk.arranged = stage.taken + 2;
  if (following?.event.type === 'CANCEL') await client.cancel();
  else if (following !== undefined) await whileAlive(stage.process, walk.script.decide(stage, following));
}
