import { expect, it } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { getSimplePaths } from 'xstate/graph';
import { migrationModel } from '../../src/testing/index.ts';
import { stateName } from '../../src/testing/paths/chart-path.ts';
import { testPaths } from './suite.ts';

const planned = testPaths({
  model: migrationModel,
  ends: ['migrated', 'rolledBack', 'unchanged', 'unlocked'],
  rules: { ends: 'MI1', real: 'MI20' },
  parts: 3,
});

it('MI1 the simple paths are those that xstate finds', () => {
  const found = getSimplePaths(migrationModel.machine, {
    input: migrationModel.input as never,
    events: ((snapshot: AnyMachineSnapshot) => migrationModel.moves(snapshot).map(({ event }) => event)) as never,
    serializeState: (snapshot) => {
      const { value, context } = snapshot as AnyMachineSnapshot;
      return `${stateName(value)} ${migrationModel.facts(context)}`;
    },
    stopWhen: ({ status }) => status === 'done',
  });
  const whole = found.filter(({ state, steps }) => {
    const states = steps.map((step) => stateName((step.state as AnyMachineSnapshot).value));
    return state.status === 'done' && new Set(states).size === states.length;
  });
  const names = whole.map(({ steps }) =>
    steps
      .slice(1)
      .map(({ event }) => JSON.stringify(event))
      .join(),
  );
  const mine = planned().simple.map(({ steps }) => steps.map(({ event }) => JSON.stringify(event)).join());
  expect([...new Set(names)].sort()).toEqual(mine.sort());
});
