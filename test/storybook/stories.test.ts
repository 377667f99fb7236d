import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import preview from '../../.storybook/preview.tsx';

const files = readdirSync('stories', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.stories.tsx'))
  .map((file) => `stories/${file}`);

it('SB8 a violation of accessibility fails its story', () => {
  expect(preview.parameters?.a11y).toMatchObject({ test: 'error' });
  expect(files.length).toBeGreaterThan(0);
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  it('SB8 no story is let off: neither the check of accessibility nor the test of a story is switched off', () => {
    expect(text).not.toMatch(/a11y:\s*\{[^}]*(test:|disable)/);
    expect(text).not.toMatch(/['"]!test['"]/);
  });
});
