import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSabotage, readSabotages, sabotaged } from '../../scripts/mutants/sabotage.ts';
import { readRules } from '../../scripts/rules.ts';

const WHOLE = `# A title

A story that goes
over two lines.

- breaks: JN1, I4
- in: src/a.ts
- caught by: test/a.test.ts, test/b.test.ts
- titles: \\bJN1\\b
- seconds: 30

\`\`\`ts before
  one(\`two\`);
\`\`\`

\`\`\`ts after
\`\`\`
`;

describe('the list of planted bugs', () => {
  const all = readSabotages('mutants');

  it('MU1 has forty and more, each with a name and a story of its own', () => {
    expect(all.length).toBeGreaterThanOrEqual(40);
    expect(new Set(all.map(({ story }) => story)).size).toBeGreaterThan(all.length - 5);
  });

  it.each(all.map((sabotage) => [sabotage.name, sabotage] as const))('MU1 %s is up to date', (_, sabotage) => {
    const content = readFileSync(sabotage.file, 'utf8');
    expect(sabotaged(content, sabotage)).not.toBe(content);
    expect(sabotage.tests.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('MU1 names only rules and invariants that there are', () => {
    const rules = new Set(readRules('SPEC.md').rules.map(({ id }) => id));
    const isKnown = (id: string): boolean => rules.has(id) || /^I(?:[1-9]|1[0-2])$/.test(id);
    expect(all.flatMap(({ breaks }) => breaks).filter((id) => !isKnown(id))).toEqual([]);
  });
});

describe('a planted bug', () => {
  it('MU1 is read from its Markdown, its texts exactly', () => {
    expect(parseSabotage('x', WHOLE)).toEqual({
      name: 'x',
      story: 'A story that goes over two lines.',
      breaks: ['JN1', 'I4'],
      file: 'src/a.ts',
      before: '  one(`two`);\n',
      after: '',
      tests: ['test/a.test.ts', 'test/b.test.ts'],
      title: '\\bJN1\\b',
      schedules: 0,
      seconds: 30,
    });
  });

  it.each([
    ['no story', 'A story that goes\nover two lines.\n\n'],
    ['no rule', '- breaks: JN1, I4\n'],
    ['no file', '- in: src/a.ts\n'],
    ['nobody to catch it', '- caught by: test/a.test.ts, test/b.test.ts\n'],
    ['no budget', '- seconds: 30\n'],
    ['no end', '```ts after\n'],
  ])('MU1 with %s is refused', (_, part) => {
    expect(() => parseSabotage('x', WHOLE.replace(part, ''))).toThrow();
  });

  it('MU1 with a field that nobody knows, or a budget that is no number, is refused', () => {
    expect(() => parseSabotage('x', WHOLE.replace('- titles', '- titel'))).toThrow('titel');
    expect(() => parseSabotage('x', WHOLE.replace('seconds: 30', 'seconds: soon'))).toThrow('seconds');
  });

  it('MU1 whose text is no longer there, or there twice, is a fault of the list', () => {
    const sabotage = { ...parseSabotage('x', WHOLE), before: 'a();\n', after: '$&' };
    expect(sabotaged('one();\na();\n', sabotage)).toBe('one();\n$&');
    expect(() => sabotaged('one();\n', sabotage)).toThrow('no longer');
    expect(() => sabotaged('a();\na();\n', sabotage)).toThrow('2 times');
  });
});
