/** A logger that fails, or lacks what it should have, fails nothing but itself. */
import type { TracingLogger } from './options.ts';
import { ignoreRejection } from './thenable.ts';

/** The same lines to `logger`, as far as it takes them; never throws. */
export function containLogger(logger: Partial<TracingLogger>): TracingLogger {
  const contain = (level: keyof TracingLogger) => (message: string) => {
    try {
      ignoreRejection(logger[level]?.(message));
    } catch {
      // Where should this be logged?
    }
  };
  return { debug: contain('debug'), info: contain('info'), warn: contain('warn') };
}
