import axe from 'axe-core';
import { expect, it } from 'vitest';
import { show } from './kit.tsx';
import { PARTS } from './parts.tsx';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

it.each(['light', 'dark'])('UI11 no part has a violation in %s', async (theme) => {
  document.documentElement.dataset.theme = theme;
  document.body.style.background = theme === 'dark' ? '#000' : '#fff';
  const found: string[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    const { host, render } = await show(<main>{part()}</main>);
    const { violations } = await axe.run(host, {
      runOnly: { type: 'tag', values: RULES },
      // Parts stand below the page's own heading.
      rules: { 'page-has-heading-one': { enabled: false }, 'heading-order': { enabled: true } },
    });
    for (const { id, nodes } of violations)
      found.push(`${name}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
    await render(null);
  }
  delete document.documentElement.dataset.theme;
  expect(found).toEqual([]);
});

it('UI11 axe would have found what is wrong', async () => {
  const { host } = await show(<button type="button" />);
  const { violations } = await axe.run(host, { runOnly: { type: 'tag', values: RULES } });
  expect(violations.map(({ id }) => id)).toContain('button-name');
});
