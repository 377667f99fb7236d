import { rollbackModel } from '../../src/testing/index.ts';
import { testPaths } from './suite.ts';

testPaths({
  model: rollbackModel,
  ends: ['rolledBack', 'unchanged', 'unlocked'],
  rules: { ends: 'RB1', real: 'RB30' },
  parts: 12,
  // What a run is taken up for is decided by the crash recovery, whose own paths run what is not run here.
  reality: { impossiblePaths: 0.13, edges: 0.82, pairs: 0.7 },
});
