import type { RollbackContext } from '../../machines/rollback/types.ts';
import { digestForPeople } from '../../runtime/rollback/drift.ts';
import type { PathStep } from './chart-path.ts';
import { acting, failing, losingOwnership, type MainCall, type Scene, triggering } from './scene.ts';
import { departure, isResting, nextStep, type Stage, stepsAhead, variant } from './stage.ts';

/** How the two charts' steps are brought about: what each state's command does, and what is particular to a step. */
export interface Script {
  /** What happens in the world before the run begins. */
  readonly begin?: (stage: Stage) => Promise<void>;
  /** Answers the open question as this step of the path does. */
  readonly decide: (stage: Stage, step: PathStep) => Promise<void>;
  /** The call that carries the effect of each state's command. */
  readonly mainCalls: Readonly<Record<string, MainCall>>;
  /** By state and move, or by event for any state: what is not brought about in the common way. */
  readonly particular: Readonly<Record<string, (stage: Stage) => Scene>>;
}

/** The steps that the present process has taken. */
function ofProcess({ path, taken }: Stage): readonly PathStep[] {
  const before = path.steps.slice(0, taken);
  return before.slice(before.findLastIndex(({ event }) => event.type === 'RESUMED') + 1);
}

/** Answers the open question, as it was put or for whatever comes, with the one choice or the other. */
export async function decide(stage: Stage, step: PathStep): Promise<void> {
  const { drift = null } = (stage.record?.snapshot.context ?? {}) as Partial<RollbackContext>;
  const seen = step.name === 'DECIDE as seen' && drift !== null;
  await stage.process.client.decide({
    question: 'drift',
    choice: stage.path.steps.length % 2 === 0 ? 'merge' : 'discard',
    ...(seen ? { driftDigest: await digestForPeople(drift) } : {}),
  });
}

/** Whether Clear Database was done before the process died, as far as the path's next steps say so. */
function clearedBeforeDeath(stage: Stage): 'yes' | 'no' | 'either' {
  const ahead = stepsAhead(stage).find(({ event }) => ['CLEARED', 'NOT_CLEARED', 'DRIFTED'].includes(event.type));
  if (ahead === undefined) return 'either';
  if (ahead.event.type !== 'CLEARED') return 'no';
  return departure(stage)?.event.type === 'FAILED' ? 'yes' : 'either';
}

function crashing(stage: Stage, step: PathStep): Scene {
  const either = variant(stage, 2) === 0 ? 'atRecord' : 'atOnce';
  if (step.from === 'clearingDatabase') {
    const moments = { yes: 'atRecord', no: 'atOnce', either } as const;
    return { kind: 'crash', moment: moments[clearedBeforeDeath(stage)] };
  }
  // A run that waits is taken up by an answer, and dies before that is known.
  const waited = lastStep(stage)?.event.type === 'RESUMED' ? 'atRecord' : 'atOnce';
  return { kind: 'crash', moment: isResting(stage) ? waited : either };
}

const lastStep = ({ path, taken }: Stage): PathStep | undefined => path.steps[taken - 1];

/** How the next step is brought about. */
export function sceneFor(script: Script, stage: Stage): Scene {
  const step = nextStep(stage) as PathStep;
  const main = script.mainCalls[step.from];
  const particular = script.particular[`${step.from} ${step.name}`] ?? script.particular[step.name];
  if (particular !== undefined) return particular(stage);
  switch (step.event.type) {
    case 'RESUMED':
      return crashing(stage, step);
    case 'CANCEL':
      return acting(isResting(stage) ? undefined : main, stage, ({ process }) => process.client.cancel());
    case 'TRIGGERED':
      return triggering(stage, ofProcess(stage).filter(({ event }) => event.type === 'TRIGGERED').length);
    case 'OWNERSHIP_LOST':
      return losingOwnership(main, stage);
    case 'UNLOCK':
      return { kind: 'act', moment: 'atOnce', act: ({ process }) => process.client.unlock({ reason: 'repaired' }) };
    case 'FAILED':
      if (main === undefined) throw new Error(`Nobody knows how ${step.from} could fail.`);
      return failing(main, step.name.includes('permanent') ? 'permanent' : 'transient');
    default:
      return { kind: 'answer' };
  }
}
