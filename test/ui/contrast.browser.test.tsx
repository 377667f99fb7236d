import { expect, it } from 'vitest';
import { show } from './kit.tsx';

type Color = readonly [red: number, green: number, blue: number];

/** A token's colour as the browser computes it in a theme. */
function colorOf(place: HTMLElement, token: string): Color {
  place.style.color = `var(--bp-${token})`;
  const numbers = getComputedStyle(place).color.match(/\d+/g)?.map(Number) ?? [];
  expect(numbers, token).toHaveLength(3);
  return numbers as unknown as Color;
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(color: Color): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Color;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Color, other: Color): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const GROUNDS = ['surface', 'subtle'] as const;
const TONES = ['good', 'warning', 'critical'] as const;

/** What stands on what: text with 4.5 to 1 (WCAG 1.4.3), what controls are known by with 3 to 1 (1.4.11). */
const PAIRS: readonly (readonly [front: string, ground: string, least: number])[] = [
  ...GROUNDS.flatMap((ground) => [
    ['text', ground, 4.5] as const,
    ['muted', ground, 4.5] as const,
    ['accent', ground, 4.5] as const,
    ['control', ground, 3] as const,
  ]),
  ...TONES.flatMap((tone) => [
    ['text', `${tone}-ground`, 4.5] as const,
    [tone, `${tone}-ground`, 4.5] as const,
    [tone, 'surface', 4.5] as const,
  ]),
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'critical', 4.5],
];

it.each(['light', 'dark'])('UI12 every pair of colours has its contrast in %s', async (theme) => {
  const { host } = await show(
    <div className="bp" data-theme={theme}>
      <p id="place">text</p>
    </div>,
  );
  const place = host.querySelector<HTMLElement>('#place') as HTMLElement;
  const tooLittle = PAIRS.map(([front, ground, least]) => {
    const found = contrast(colorOf(place, front), colorOf(place, ground));
    return { pair: `${front} on ${ground}`, found: Math.round(found * 100) / 100, least };
  }).filter(({ found, least }) => found < least);
  expect(tooLittle).toEqual([]);
});

it('UI12 every colour token is in a pair, and the two themes are different', async () => {
  const { host } = await show(
    <div>
      <div className="bp" data-theme="light">
        <p id="light">text</p>
      </div>
      <div className="bp" data-theme="dark">
        <p id="dark">text</p>
      </div>
    </div>,
  );
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const root = rules.find(
    (rule): rule is CSSStyleRule => rule instanceof CSSStyleRule && rule.selectorText === ':root',
  );
  const tokens = [...(root?.style ?? [])]
    .filter((name) => root?.style.getPropertyValue(name).includes('light-dark'))
    .map((name) => name.replace('--bp-', ''));
  expect(tokens.length).toBeGreaterThan(10);
  const paired = new Set(PAIRS.flat());
  // The line is decoration: nothing is known by it alone.
  expect(tokens.filter((token) => !paired.has(token))).toEqual(['line']);
  const [light, dark] = ['light', 'dark'].map((id) => host.querySelector<HTMLElement>(`#${id}`) as HTMLElement);
  for (const token of tokens)
    expect(colorOf(light as HTMLElement, token), token).not.toEqual(colorOf(dark as HTMLElement, token));
});
