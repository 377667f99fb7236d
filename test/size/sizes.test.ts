import { expect, it } from 'vitest';
import { parts, sizeOf } from '../../scripts/sizes.ts';

it.each(parts)('SZ1 $name stays within its budget', async (part) => {
  const size = await sizeOf(part);
  expect(size).toBeLessThanOrEqual(part.budget);
  // Something was measured, and what is measured with its packages is not measured without them.
  expect(size).toBeGreaterThan(1);
});

it('SZ2 the bindings for React are at most 3 kB', async () => {
  const react = parts.find(({ name }) => name === 'react');
  expect(react && (await sizeOf(react))).toBeLessThanOrEqual(3);
});
