import type { Blow } from './episode.ts';

/** Whether the operation is the chosen one; of those that have the chosen name, the first is. */
export function operationChooser(blow: Blow | null): (number: number, name: string) => boolean {
  const chosen = blow !== null && 'operation' in blow.at ? blow.at.operation : null;
  let first: number | null = null;
  return (number, name) => {
    if (name === chosen) first ??= number;
    return number === (typeof chosen === 'number' ? chosen : first);
  };
}
