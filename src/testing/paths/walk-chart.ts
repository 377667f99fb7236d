import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyTransitionDefinition,
  createEmptyActor,
  initialTransition,
} from 'xstate';
import { type ChartModel, type ChartPath, type Move, type PathStep, stateName } from './chart-path.ts';

/** The state in which a chart begins. */
export function beginning(model: ChartModel): AnyMachineSnapshot {
  return initialTransition(model.machine, model.input)[0] as AnyMachineSnapshot;
}

function guardName({ guard }: AnyTransitionDefinition): string {
  if (guard === undefined) return '';
  return typeof guard === 'string' ? guard : ((guard as { readonly type?: string }).type ?? 'unnamed');
}

const actor = createEmptyActor();

/** As `transition` of xstate, which makes an actor with the chart's first state for each of a hundred thousand steps. */
function transition(
  { machine }: ChartModel,
  snapshot: AnyMachineSnapshot,
  { event }: Move,
): { readonly next: AnyMachineSnapshot; readonly actions: readonly { readonly type: string }[] } {
  const actions: { readonly type: string }[] = [];
  const scope: AnyActorScope = {
    self: actor,
    system: actor.system,
    id: '',
    sessionId: '',
    logger: () => {},
    defer: () => {},
    stopChild: () => {},
    emit: () => {},
    actionExecutor: (action) => void actions.push(action),
  };
  return { next: machine.transition(snapshot, event, scope) as AnyMachineSnapshot, actions };
}

/** Takes a move; `null` when the chart's present state does not know it or refuses it. */
export function take(
  model: ChartModel,
  snapshot: AnyMachineSnapshot,
  move: Move,
): { readonly step: PathStep; readonly snapshot: AnyMachineSnapshot } | null {
  const [taken] = model.machine.getTransitionData(snapshot as never, move.event) ?? [];
  if (taken === undefined) return null;
  const { next, actions } = transition(model, snapshot, move);
  const from = stateName(snapshot.value);
  const to = stateName(next.value);
  const edge = `${from} --${move.event.type}[${guardName(taken)}]--> ${to}`;
  const continues = from === to && !actions.some(({ type }) => type === 'run');
  return { step: { ...move, from, to, edge, continues }, snapshot: next };
}

/** The moves that the present state of a chart takes; a final one takes none. */
export function movesFrom(model: ChartModel, snapshot: AnyMachineSnapshot): readonly Move[] {
  if (snapshot.status !== 'active') return [];
  const known = new Set<string>(snapshot._nodes.flatMap((node) => [...node.transitions.keys()]));
  return model.moves(snapshot).filter(({ event }) => known.has(event.type) && snapshot.can(event as never));
}

/**
 * Walks a path in the chart alone.
 * @param visit called with every state that is entered, the first one included
 * @throws Error when the chart does not go where the path says
 */
export function walkInChart(
  model: ChartModel,
  path: ChartPath,
  visit: (snapshot: AnyMachineSnapshot) => void = () => {},
): AnyMachineSnapshot {
  let snapshot = beginning(model);
  visit(snapshot);
  for (const expected of path.steps) {
    const taken = take(model, snapshot, expected);
    if (taken === null || taken.step.edge !== expected.edge) {
      throw new Error(
        `After ${expected.name} the chart took ${taken?.step.edge ?? 'no transition'}, not ${expected.edge}.`,
      );
    }
    snapshot = taken.snapshot;
    visit(snapshot);
  }
  return snapshot;
}
