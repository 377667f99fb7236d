import { rollbackModel } from '../../src/testing/index.ts';
import { testPaths } from './suite.ts';

testPaths({
  model: rollbackModel,
  ends: ['rolledBack', 'unchanged', 'unlocked'],
  rules: { ends: 'RB1', real: 'RB30' },
  parts: 12,
});
