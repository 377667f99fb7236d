import { emergencyRecoveryModel } from '../../src/testing/index.ts';
import { testPaths } from './suite.ts';

testPaths({
  model: emergencyRecoveryModel,
  ends: ['recovered', 'notRecovered'],
  rules: { ends: 'ER14', real: 'ER14' },
  parts: 4,
});
