import { crashRecoveryModel } from '../../src/testing/index.ts';
import { testPaths } from './suite.ts';

testPaths({
  model: crashRecoveryModel,
  ends: ['done', 'failed', 'recovered', 'rolledBack', 'unchanged', 'unlocked'],
  rules: { ends: 'CR11', real: 'CR11' },
  parts: 4,
  // A recovery that only looks has no record to be resumed from: that alone rules many paths out.
  reality: { impossiblePaths: 0.2, edges: 0.91, pairs: 0.81 },
});
