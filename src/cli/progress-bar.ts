import { printableText, shortened } from './printable.ts';
import { duration } from './units.ts';

/** What a line of progress shows. */
export interface ProgressFigures {
  /** 0 to 100. */
  readonly progress: number;
  readonly currentStep: string;
  /** Seconds, `null` when unknown. */
  readonly estimatedTimeRemaining: number | null;
}

const BAR_WIDTH = 20;
const NARROWEST = 40;

const percent = (progress: number): string => `${Math.floor(Math.min(100, Math.max(0, progress)))} %`.padStart(5);

/** `[########------------]`, full only at 100 %. */
export function bar(progress: number, width: number = BAR_WIDTH): string {
  const full = Math.floor((Math.min(100, Math.max(0, progress)) / 100) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}

/**
 * One line with bar, percent, what is being done, and how long it will take; never longer than the terminal is wide,
 * or it could not be overwritten.
 * @param columns the terminal's width
 */
export function progressLine(figures: ProgressFigures, columns: number): string {
  const room = Math.max(3, columns - 1);
  const { progress, currentStep, estimatedTimeRemaining } = figures;
  const left = estimatedTimeRemaining === null || progress >= 100 ? '' : `, ${duration(estimatedTimeRemaining)} left`;
  const words = printableText(currentStep) + left;
  const line =
    columns < NARROWEST ? `${percent(progress)} ${words}` : `${bar(progress)} ${percent(progress)}  ${words}`;
  return shortened(line, room);
}

/** The line for a log: percent and what is being done. */
export function stepLine({ progress, currentStep }: ProgressFigures): string {
  return `${percent(progress)}  ${printableText(currentStep)}`;
}
