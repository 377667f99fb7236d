import type { Deed } from './acts.ts';
import { appEmpties, appWrites, finishReading, peopleChange, readerReads } from './app.ts';
import { crashMachine, damageBackup, flushStorage } from './crash.ts';
import type { SimulatedProcess } from './process.ts';
import { ask, decideOn, type Stage, startOn, thaw } from './stage.ts';

/** Carries out what a process is wished to do. */
function wish(stage: Stage, deed: Extract<Deed, { do: 'start' }>): void {
  const process = startOn(stage, `p${stage.processes.length}`);
  const { client } = process;
  const { onDrift } = deed;
  if (deed.wish === 'recover') void ask(stage, process, 'recover', client.recover());
  else if (deed.wish === 'migrate') void ask(stage, process, 'migrate', client.migrate());
  else {
    const request = { reason: 'USER_REQUEST', ...(onDrift === undefined ? {} : { onDrift }) } as const;
    void ask(stage, process, 'rollback', client.rollback(request));
  }
}

const living = ({ processes }: Stage): SimulatedProcess[] => processes.filter(({ state }) => state === 'alive');

/** Does what needs no call to happen to. */
export function perform(stage: Stage, deed: Deed): void {
  const { world, scheduler, processes } = stage;
  world.trace.note(`-- ${deed.do}`);
  if (deed.do === 'start') wish(stage, deed);
  else if (deed.do === 'crash') crashMachine(world, scheduler, processes, deed.plan);
  else if (deed.do === 'flush') flushStorage(world);
  else if (deed.do === 'write') appWrites(world, deed.key, deed.value);
  else if (deed.do === 'empty') appEmpties(world);
  else if (deed.do === 'row') peopleChange(world, deed.table, deed.id, deed.change);
  else if (deed.do === 'jump') world.time.jump(deed.milliseconds);
  else if (deed.do === 'damage') damageBackup(world, deed.part);
  else if (deed.do === 'fillMemory') stage.fullLooks = deed.looks;
  else if (deed.do === 'thaw') for (const process of processes) thaw(world, process);
  else if (deed.do === 'pass') {
    finishReading(world, stage.refills);
    world.time.skip(deed.milliseconds);
    if (deed.milliseconds >= 600_000) flushStorage(world);
  } else if (deed.do === 'read') {
    const refill = readerReads(world, deed.table, deed.id, deed.delay);
    if (refill !== null) stage.refills.push(refill);
  } else {
    const alive = living(stage);
    const asked = alive.find(({ client }) => client.getSnapshot().question !== null) ?? alive[0];
    if (asked === undefined) return;
    if (deed.do === 'cancel') void ask(stage, asked, 'cancel', asked.client.cancel());
    else if (deed.do === 'decide') decideOn(stage, asked, deed.choice);
  }
}
