import { causeOf } from './cause.ts';
import type { History } from './history.ts';
import { LOOK_EVERY, readHistory, type Session } from './session.ts';

/** How often a closed client still looks whether the run for which it has stopped the writers has ended elsewhere. */
const LAST_LOOKS = 30;

/** What the journal says; `null` while it cannot be read. */
async function historyIfAny(session: Session): Promise<History | null> {
  try {
    return await readHistory(session);
  } catch (error) {
    session.world.logger.debug('The journal cannot be read now.', { cause: causeOf(error) });
    return null;
  }
}

/**
 * Writers that were stopped here for a run that goes on elsewhere, or could not go on here, work again once nothing is
 * open any more. Nobody else can tell them, so a closed client looks for a while too, and then lets them go: what they
 * write meanwhile is kept.
 */
async function whenNothingIsOpen(session: Session): Promise<void> {
  const { world } = session;
  const { signal } = session.closing;
  for (let last = 0; session.executions.length === 0 && world.operations.wanted() === 'stopped'; ) {
    const history = await historyIfAny(session);
    // A run that this client has begun meanwhile says itself what its writers are to do.
    if (session.executions.length > 0) return;
    const isOver = history !== null && history.open === null;
    if (isOver && history.locked !== null) return;
    if (isOver || last === LAST_LOOKS) return world.operations.resume();
    if (signal.aborted) last += 1;
    await world.clock.sleep(LOOK_EVERY, signal.aborted ? undefined : signal);
  }
}

/** Lets writers go that were stopped here, once the run for which they were is over. Does not wait for that. */
export function letWritersGoLater(session: Session): void {
  whenNothingIsOpen(session).catch((error: unknown) =>
    session.world.logger.error('The app’s writers could not be told to work again.', { cause: causeOf(error) }),
  );
}
