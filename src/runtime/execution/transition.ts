import { type AnyActorScope, type AnyMachineSnapshot, type AnyStateMachine, createActor } from 'xstate';

/** An action that a chart asks for. */
export interface ChartAction {
  readonly type: string;
  readonly params: unknown;
}

/** What a chart goes over into, and the actions that it asks for on the way. */
export type Transition = readonly [next: AnyMachineSnapshot, actions: readonly ChartAction[]];

const scopes = new WeakMap<AnyStateMachine, AnyActorScope>();

/**
 * What XState wants to know about the actor that a chart is run by. Its own `transition` makes an actor for each call,
 * and with it a first state that fails for want of an input; pure charts leave nothing behind in one, so that one does
 * for all.
 */
function scopeOf(machine: AnyStateMachine): AnyActorScope {
  const known = scopes.get(machine);
  if (known !== undefined) return known;
  const self = createActor(machine, { input: {} });
  const nothing = (): void => {};
  const scope: AnyActorScope = {
    self,
    system: self.system,
    id: self.id,
    sessionId: self.sessionId,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: nothing,
  };
  scopes.set(machine, scope);
  return scope;
}

function collecting(machine: AnyStateMachine, step: (scope: AnyActorScope) => AnyMachineSnapshot): Transition {
  const actions: ChartAction[] = [];
  const next = step({ ...scopeOf(machine), actionExecutor: ({ type, params }) => actions.push({ type, params }) });
  return [next, actions];
}

/** The chart's first state for this input; nothing is carried out. */
export function initialTransition(machine: AnyStateMachine, input: unknown): Transition {
  return collecting(machine, (scope) => machine.getInitialSnapshot(scope, input));
}

/** Where an event leads from a state; nothing is carried out. */
export function transition(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: { readonly type: string },
): Transition {
  return collecting(machine, (scope) => machine.transition(snapshot, event, scope));
}
