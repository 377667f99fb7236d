import type { ChartEvent } from '../../src/testing/paths/chart-path.ts';

const ITEMS = 1280;

const batch = (next: number): number => (next >= 3 ? ITEMS : ITEMS / 2);

/** Figures as they are in an app that people use, by the names of an event's fields. */
const FIGURES: Readonly<Record<string, (figure: number) => number>> = {
  items: () => ITEMS,
  next: batch,
  copied: batch,
  failed: (count) => count * 200,
  keys: () => 6,
  bytes: () => 184_320,
  rows: () => ITEMS + 3,
  marker: () => 3,
  written: () => 6,
  removed: () => 4,
};

/** Drift that a person has something to choose about. */
const DRIFT = { added: 3, changed: 12, deleted: 1, dependents: 2 };

const isDrift = (value: unknown): value is { readonly rows: string } =>
  typeof value === 'object' && value !== null && 'dependents' in value && 'rows' in value;

const figure = (name: string, value: unknown): unknown => {
  if (isDrift(value)) return value.rows === 'none' ? value : { ...value, ...DRIFT };
  const larger = FIGURES[name];
  return typeof value === 'number' && value > 0 && larger !== undefined ? larger(value) : value;
};

/** An event with figures as in an app that people use; the guards decide as before. */
export const withFigures = <E extends ChartEvent>(event: E): E =>
  Object.fromEntries(Object.entries(event).map(([name, value]) => [name, figure(name, value)])) as unknown as E;
