import type { LoggerPort } from '../ports/logger.ts';

type Write = LoggerPort['debug'];

/** A line that cannot be written changes nothing about a run, and there is nowhere to say so. */
const steady =
  (write: Write): Write =>
  (message, details) => {
    try {
      // Methods that are asynchronous are no less welcome, nor less able to fail.
      Promise.resolve<unknown>(write(message, details)).catch(() => undefined);
    } catch {
      // As above.
    }
  };

/** A logger that never throws (rule FO4). */
export function steadyLogger(logger: LoggerPort): LoggerPort {
  return {
    debug: steady((message, details) => logger.debug(message, details)),
    info: steady((message, details) => logger.info(message, details)),
    warn: steady((message, details) => logger.warn(message, details)),
    error: steady((message, details) => logger.error(message, details)),
  };
}
