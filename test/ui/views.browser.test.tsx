import { afterEach, describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import {
  AuditTimelineView,
  BackupListView,
  createFormats,
  english,
  PlanView,
  ProgressView,
  QuestionView,
  ResultView,
  RollbackDialogView,
  UiProvider,
} from '../../src/ui/index.ts';
import {
  audit,
  backups,
  driftedPlan,
  LONG_NAME,
  plan,
  questions,
  report,
  result,
  status,
} from '../../stories/components/samples.ts';
import { acting } from '../react/kit.tsx';
import { show } from './kit.tsx';
import { PARTS } from './parts.tsx';

const nothing = (): void => {};

afterEach(async () => {
  document.documentElement.dir = '';
  vi.useRealTimers();
  await page.viewport(800, 600);
});

describe('of any length', () => {
  const MANY = 100_000;

  it('UI13 100,000 entries are drawn fifty at a time', async () => {
    const keys = plan().keys.slice(0, 1);
    const many = Array.from({ length: MANY }, (_, index) => ({
      ...(keys[0] as (typeof keys)[0]),
      key: `key-${index}`,
    }));
    const ui = await show(
      <>
        <AuditTimelineView entries={audit(MANY)} />
        <BackupListView backups={backups(MANY)} />
        <PlanView plan={plan({ keys: many, keysToRestore: MANY })} />
        <ResultView ending={result()} report={report(MANY)} />
      </>,
    );
    expect(ui.host.querySelectorAll('.bp-timeline > li')).toHaveLength(50);
    expect(ui.host.querySelectorAll('li').length).toBeLessThan(4 * 50 + 10);
    await acting(() => ui.host.querySelector<HTMLElement>('.bp-audit > .bp-button')?.click());
    expect(ui.host.querySelectorAll('.bp-timeline > li')).toHaveLength(100);
    expect(ui.host.querySelector('.bp-audit > .bp-button')?.textContent).toBe('Show 50 of 99,900 more');
  });

  it('UI13 nothing is no list at all', async () => {
    const { host } = await show(
      <>
        <AuditTimelineView entries={[]} />
        <BackupListView backups={[]} />
        <PlanView plan={plan({ keys: [], collections: [], keysToRestore: 0, rowsToRemove: 0 })} />
      </>,
    );
    expect(host.querySelectorAll('ul, ol, details')).toHaveLength(0);
    expect(host.textContent).toContain('There is no backup yet.');
  });

  it.each(['ltr', 'rtl'])(
    'UI13 no part is wider than 320 pixels, nor are names without a place to break, %s',
    async (dir) => {
      await page.viewport(320, 800);
      document.documentElement.dir = dir;
      const [entry] = audit(1);
      const long = {
        ...PARTS,
        'long plan': () => (
          <RollbackDialogView
            plan={driftedPlan({
              keys: [{ key: LONG_NAME, kind: 'collection', action: 'restore', size: 1 }],
              obstacles: [LONG_NAME],
              warnings: [LONG_NAME],
            })}
            onConfirm={nothing}
            onClose={nothing}
          />
        ),
        'long audit': () => (
          <AuditTimelineView entries={entry ? [{ ...entry, reason: LONG_NAME, performedBy: LONG_NAME }] : []} />
        ),
        'long status': () => (
          <ProgressView status={status({ currentStep: LONG_NAME, errors: [LONG_NAME] })} onCancel={nothing} />
        ),
      };
      for (const [name, part] of Object.entries(long)) {
        const { host, render } = await show(part());
        for (const details of host.querySelectorAll('details')) details.open = true;
        for (const element of host.querySelectorAll('.bp, .bp *:not(.bp-hidden)')) {
          const { left, right } = element.getBoundingClientRect();
          const isInside = left >= -1 && right <= 321;
          expect(isInside ? '' : `${name}: ${element.outerHTML.slice(0, 200)} from ${left} to ${right}`).toBe('');
        }
        await render(null);
      }
    },
  );

  it('UI13 every control is 24 pixels high and wide at least', async () => {
    for (const [name, part] of Object.entries(PARTS)) {
      const { host, render } = await show(part());
      for (const control of host.querySelectorAll('button, .bp-button, input:not(.bp-hidden), summary, textarea')) {
        const { width, height } = control.getBoundingClientRect();
        expect(Math.min(width, height), `${name}: ${control.outerHTML}`).toBeGreaterThanOrEqual(24);
      }
      await render(null);
    }
  });
});

describe('progress', () => {
  it('UI14 a screen reader is told every two seconds at most, by milestones, and of the last one', async () => {
    vi.useFakeTimers();
    const ui = await show(<ProgressView status={status({ progress: 0 })} />);
    const said: string[] = [];
    const listen = (): void => {
      const text = ui.host.querySelector('.bp-announcement')?.textContent ?? '';
      if (text !== '' && text !== said.at(-1)) said.push(text);
    };
    // A hundred percentages in ten seconds.
    for (let progress = 1; progress <= 100; progress++) {
      await ui.render(<ProgressView status={status({ progress })} />);
      await acting(() => vi.advanceTimersByTime(100));
      listen();
    }
    await ui.render(<ProgressView status={status({ progress: 100, currentStep: 'Tidying up' })} />);
    await acting(() => vi.advanceTimersByTime(2000));
    listen();
    expect(said.at(-1)).toBe('Tidying up');
    expect(said.length).toBeLessThanOrEqual(6);
    expect(said).toContain('Putting the data back, 50%');
  });

  it('UI14 nothing moves from the first percent to the last, nor when it is too late to cancel', async () => {
    const ui = await show(
      <ProgressView status={status({ progress: 0, estimatedTimeRemaining: null })} onCancel={nothing} />,
    );
    const places = (): number[] =>
      ['.bp-bar', '.bp-steps', '.bp-steps li:nth-child(4)', '.bp-actions'].map(
        (selector) => ui.host.querySelector(selector)?.getBoundingClientRect().top ?? -1,
      );
    const before = places();
    for (const parts of [
      { progress: 7, estimatedTimeRemaining: 4000 },
      { progress: 100, step: 'Clean State', canCancel: false, cancelling: 'tooLate' },
      { description: '' },
    ] as const) {
      await ui.render(<ProgressView status={status(parts)} onCancel={nothing} />);
      expect(places()).toEqual(before);
    }
  });

  it('UI14 the bar says its value, in numbers and in words', async () => {
    const { host } = await show(<ProgressView status={status({ progress: 42 })} />);
    const bar = host.querySelector('[role="progressbar"]');
    expect(bar?.getAttribute('aria-valuenow')).toBe('42');
    expect(bar?.getAttribute('aria-valuetext')).toBe('42%');
    expect(host.querySelectorAll('[aria-current="step"]')).toHaveLength(1);
  });
});

describe('texts', () => {
  it('UI15 every text that is seen or heard is a message, and can be replaced', async () => {
    const marked = (value: unknown): unknown => {
      if (typeof value === 'string') return value === '' ? '' : `⟦${value}⟧`;
      if (typeof value === 'function') return (...about: unknown[]) => marked(value(...about));
      if (value === null) return null;
      return Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, marked(member)]));
    };
    const messages = marked(english) as typeof english;
    const isMessage = (text: string): boolean => /^⟦.*⟧/s.test(text.trim()) || !/\p{L}/u.test(text);
    const found: string[] = [];
    for (const [name, part] of Object.entries(PARTS)) {
      const { host, render } = await show(<UiProvider messages={messages}>{part()}</UiProvider>);
      const texts = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const { textContent, parentElement } = texts.currentNode;
        // Names, codes and times are no messages; the name of a copy is given by the app.
        const isData = parentElement?.closest('code, bdi, time, .bp-safe-mode .bp-rows div') !== null;
        if (!isData && !isMessage(textContent ?? '')) found.push(`${name}: ${textContent}`);
      }
      for (const labelled of host.querySelectorAll('[aria-label], [aria-valuetext]')) {
        const label = labelled.getAttribute('aria-label') ?? '';
        if (!isMessage(label)) found.push(`${name}: aria-label ${label}`);
      }
      await render(null);
    }
    expect(found).toEqual([]);
  });

  it('UI15 numbers, times, plurals and lists are those of the language, and so is `lang`', async () => {
    const arabic = createFormats('ar-EG');
    expect(arabic.number(1234)).toBe('١٬٢٣٤');
    expect(arabic.plural(2, { two: 'مفتاحان', few: '# مفاتيح', other: '# مفتاح' })).toBe('مفتاحان');
    expect(arabic.plural(3, { two: 'مفتاحان', few: '# مفاتيح', other: '# مفتاح' })).toBe('٣ مفاتيح');
    const german = createFormats('de');
    expect([german.duration(1), german.duration(90), german.duration(91), german.duration(7200)]).toEqual([
      '1 Sekunde',
      '90 Sekunden',
      '2 Minuten',
      '2 Stunden',
    ]);
    expect(german.list(['a', 'b', 'c'])).toBe('a, b und c');
    expect(german.date('no date')).toBe('no date');
    const { host } = await show(
      <UiProvider locale="de" messages={{ questions: { ...english.questions } }}>
        <QuestionView question={questions.reconstruction} onAnswer={nothing} />
      </UiProvider>,
    );
    expect(host.querySelector('section')?.lang).toBe('de');
    expect(host.textContent).toContain('1.240 items');
  });

  it('UI15 headings begin at the level that the app says, and stay in order', async () => {
    const { host } = await show(
      <UiProvider headingLevel={3}>
        <ResultView ending={result()} report={report()} />
      </UiProvider>,
    );
    const levels = [...host.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(({ tagName }) => tagName);
    expect(levels).toEqual(['H3', 'H4', 'H4']);
  });
});
