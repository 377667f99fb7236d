import { type ProgressFigures, progressLine, stepLine } from './progress-bar.ts';

/** Shows on stderr how far a run has come. */
export interface ProgressDisplay {
  readonly show: (figures: ProgressFigures) => void;
  /** Takes the bar away, so that something else can be written; the next `show` brings it back. */
  readonly clear: () => void;
}

/** How progress is shown: a bar that is overwritten, a line at each new step, or not at all. */
export type ProgressMode = 'bar' | 'lines' | 'none';

const START_OF_LINE = '\r\u001b[K';

/** Which way of showing progress suits the place where stderr goes, and somebody who reads JSON from stdout. */
export function progressMode(
  stderr: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  format: 'json' | 'text',
): ProgressMode {
  if (stderr.isTTY === true) return env.TERM === 'dumb' ? 'lines' : 'bar';
  return format === 'json' ? 'none' : 'lines';
}

function barDisplay(stderr: NodeJS.WriteStream): ProgressDisplay {
  let shown = '';
  return {
    show(figures) {
      const line = progressLine(figures, stderr.columns || 80);
      if (line === shown) return;
      shown = line;
      stderr.write(START_OF_LINE + line);
    },
    clear() {
      if (shown !== '') stderr.write(START_OF_LINE);
      shown = '';
    },
  };
}

function lineDisplay(stderr: NodeJS.WritableStream): ProgressDisplay {
  let step = '';
  return {
    show(figures) {
      if (figures.currentStep === step) return;
      step = figures.currentStep;
      stderr.write(`${stepLine(figures)}\n`);
    },
    clear() {},
  };
}

/** A display in one of the modes. */
export function createProgressDisplay(mode: ProgressMode, stderr: NodeJS.WriteStream): ProgressDisplay {
  if (mode === 'bar') return barDisplay(stderr);
  return mode === 'lines' ? lineDisplay(stderr) : { show() {}, clear() {} };
}
