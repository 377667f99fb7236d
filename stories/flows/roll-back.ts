import type { Hands } from './hands.ts';

/** Opens the dialog of a rollback and confirms it. */
export async function rollBack(hands: Hands, tab = 'A'): Promise<void> {
  await hands.press('Roll back…', tab);
  await hands.press('Roll back now', tab);
}
