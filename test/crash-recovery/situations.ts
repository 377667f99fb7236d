import type { Backpedal } from '../../src/index.ts';
import type { JournalRecord } from '../../src/runtime/journal-record.ts';
import { DEFINITION, type Device, device, keysOf, migrated } from '../runtime/kit.ts';
import { dieAtRecord, type Moment, processOn } from '../runtime/mortal.ts';

/** A process that dies at the k-th record of what it does, counted from 0; `false` when it had come to its end before. */
export async function diesAt(
  on: Device,
  name: string,
  k: number,
  moment: Moment,
  act: (client: Backpedal) => Promise<unknown>,
): Promise<boolean> {
  const death = new AbortController();
  const ports = processOn(on, death.signal);
  const client = on.client(name, { ...ports, vault: dieAtRecord(ports.vault, death, k, moment) });
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
  };
  act(client).then(end, end);
  await on.clock.advance(0);
  const hasDied = death.signal.aborted;
  if (!hasDied && !hasEnded) throw new Error(`${name} neither died nor came to an end.`);
  death.abort();
  return hasDied;
}

function unlessAnswered(error: { readonly code?: string }): void {
  if (error.code !== 'QUESTION_NOT_OPEN') throw error;
}

/** Recovers, and answers whatever is asked until nothing is. */
export async function recoverWholly(client: Backpedal): Promise<string> {
  for (let asked = 0; asked < 8; asked++) {
    const { action } = await client.recover();
    const { question } = client.getSnapshot();
    if (action !== 'waiting' || question === null) return action;
    const wanted = ['restore', 'discard', 'useReconstruction'].find((one) =>
      (question.choices as readonly string[]).includes(one),
    );
    // The answer may have been taken already, and only the next look knows.
    await client.decide({ question: question.question, choice: wanted } as never).catch(unlessAnswered);
  }
  throw new Error('There was no end to what was asked.');
}

/** The first record of the journal is damaged, so that it cannot be read any more. */
export function damageJournal(on: Device): void {
  const [first = ''] = [...on.vault.disk.keys()].filter((name) => name.includes('/journal/')).sort();
  on.vault.disk.set(first, `${on.vault.disk.get(first)} `);
}

export const rollBack = (client: Backpedal): Promise<unknown> =>
  client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });

const settlingOnDisk = async (): Promise<{ on: Device; client: Backpedal }> => {
  const begun = await migrated({ definition: { ...DEFINITION, onDrift: 'discard' } });
  begun.on.storage.flush();
  return begun;
};

/** The number of records after which each command is about to be carried out; found once. */
const recordsBefore = new Map<string, number>();

async function interrupted(
  command: string,
  begin: () => Promise<Device>,
  act: (client: Backpedal) => Promise<unknown>,
): Promise<Device> {
  for (let k = recordsBefore.get(command) ?? 0; ; k++) {
    const on = await begin();
    if (!(await diesAt(on, 'old', k, 'after', act))) throw new Error(`No record asks for ${command}.`);
    if (!on.records().at(-1)?.commands.includes(command)) continue;
    recordsBefore.set(command, k);
    return on;
  }
}

const interruptedBefore = (command: string): Promise<Device> =>
  interrupted(command, async () => (await settlingOnDisk()).on, rollBack);

/** What a start may find, by name: everything that a recovery acts on with records of its own. */
const situations: Readonly<Record<string, () => Promise<Device>>> = {
  'a burst that the browser lost': async () => {
    const { on, client } = await settlingOnDisk();
    await on.until(rollBack(client));
    on.storage.crash('none');
    return on;
  },
  'a storage emptied after a rollback': async () => {
    const { on, client } = await settlingOnDisk();
    await on.until(rollBack(client));
    on.storage.clear();
    return on;
  },
  'a storage emptied during a rollback': async () => {
    const on = await interruptedBefore('prepareRestore');
    on.storage.clear();
    return on;
  },
  'a journal lost after a migration': async () => {
    const { on } = await settlingOnDisk();
    damageJournal(on);
    return on;
  },
  'a journal lost while a migration copied': async () => {
    const on = await interrupted(
      'verifyCopy',
      async () => device(),
      (client) => client.migrate(),
    );
    damageJournal(on);
    return on;
  },
  'a journal lost before Clear Database': async () => {
    const on = await interruptedBefore('clearDatabase');
    damageJournal(on);
    return on;
  },
  'a journal lost in the middle of a rollback': async () => {
    const on = await interruptedBefore('restoreStorage');
    damageJournal(on);
    return on;
  },
  'a journal lost after the restore': async () => {
    const on = await interruptedBefore('verifyData');
    damageJournal(on);
    return on;
  },
};

/** The names of everything that a start may find. */
export const SITUATIONS: readonly string[] = Object.keys(situations);

/** A device as a start finds it. */
export function situation(name: string): Promise<Device> {
  const bring = situations[name];
  if (bring === undefined) throw new Error(`Nobody knows ${name}.`);
  return bring();
}

/** The runs of crash recoveries that have recorded anything, also in a journal that has replaced another. */
export function recoveriesOf(on: Device): ReadonlySet<string> {
  const records = [...on.vault.disk]
    .filter(([name, text]) => /\/journal(\.\d+)?\//.test(name) && text.charAt(65) === '{')
    .map(([, text]) => JSON.parse(text.slice(65)) as JournalRecord);
  return new Set(records.filter(({ machine }) => machine.id === 'crashRecovery').map(({ run }) => run));
}

/** What users have at the end, and what the next start says of it. */
export async function endOf(on: Device): Promise<unknown> {
  // What is still owed may differ, and is paid now.
  await on.until(on.client('payer').recover());
  const { action, migrationState } = await on.until(on.client('end').recover());
  return {
    action,
    migrationState,
    keys: keysOf(on.storage),
    tasks: on.database.rows('tasks'),
    environments: on.database.rows('environments'),
    writers: on.operations.at(-1) ?? 'resume',
  };
}
