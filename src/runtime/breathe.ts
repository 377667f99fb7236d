import type { World } from './world.ts';

/** Lets people have a turn between two pieces of long work, where one thread does both (rule MT1). */
export const breathe = ({ clock }: Pick<World, 'clock'>): Promise<void> | undefined => clock.breathe?.();
