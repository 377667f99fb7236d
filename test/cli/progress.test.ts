import { describe, expect, it } from 'vitest';
import { createProgressDisplay, progressMode } from '../../src/cli/progress.ts';
import { bar, progressLine, stepLine } from '../../src/cli/progress-bar.ts';
import { fakeStream } from './fake-io.ts';

const figures = { progress: 42, currentStep: 'Putting the data back', estimatedTimeRemaining: 12 };

describe('progress', () => {
  it('CM3 shows a bar, percent, the step in plain words, and how long it will take', () => {
    expect(progressLine(figures, 120)).toBe(
      '[########------------]  42 %  Putting the data back, about 12 seconds left',
    );
  });

  it('CM3 names no time when none is known, or nothing is left', () => {
    expect(progressLine({ ...figures, progress: 100, estimatedTimeRemaining: 0 }, 120)).not.toContain('left');
    expect(progressLine({ ...figures, estimatedTimeRemaining: null }, 120)).toBe(
      '[########------------]  42 %  Putting the data back',
    );
  });

  it('CM3 fills the bar only at 100 %, and keeps within it', () => {
    expect(bar(0, 4)).toBe('[----]');
    expect(bar(99, 4)).toBe('[###-]');
    expect(bar(100, 4)).toBe('[####]');
    expect(bar(250, 4)).toBe('[####]');
    expect(bar(-5, 4)).toBe('[----]');
  });

  it('CM3 never writes more than fits into the line that it overwrites', () => {
    for (const columns of [5, 20, 39, 40, 60, 80]) {
      expect([...progressLine({ ...figures, currentStep: 'x'.repeat(200) }, columns)].length).toBeLessThan(columns);
    }
  });

  it('CM3 overwrites its line on a terminal, and only when something is different', () => {
    const stream = fakeStream({ isTTY: true, columns: 60 });
    const display = createProgressDisplay('bar', stream);
    display.show(figures);
    display.show(figures);
    display.show({ ...figures, progress: 50 });
    display.clear();
    expect(stream.text().split('\r\u001b[K').slice(1)).toEqual([
      progressLine(figures, 60),
      progressLine({ ...figures, progress: 50 }, 60),
      '',
    ]);
  });

  it('CM3 writes one line at each new step where there is no terminal', () => {
    const stream = fakeStream({});
    const display = createProgressDisplay('lines', stream);
    display.show(figures);
    display.show({ ...figures, progress: 50 });
    display.show({ ...figures, progress: 60, currentStep: 'Checking every key' });
    display.clear();
    expect(stream.text()).toBe(`${stepLine(figures)}\n 60 %  Checking every key\n`);
  });

  it('CM3 is silent with --json unless there is a terminal', () => {
    expect(progressMode({}, {}, 'json')).toBe('none');
    expect(progressMode({ isTTY: true }, {}, 'json')).toBe('bar');
    expect(progressMode({}, {}, 'text')).toBe('lines');
    expect(progressMode({ isTTY: true }, { TERM: 'dumb' }, 'text')).toBe('lines');
    const stream = fakeStream({});
    createProgressDisplay('none', stream).show(figures);
    expect(stream.text()).toBe('');
  });
});
