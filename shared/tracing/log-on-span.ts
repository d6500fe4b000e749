/** Log lines where they happened: on the span that was active. */
import { currentSpan } from './current-span.ts';

/** A line as a logger has it: its level by name, its text, its fields without secrets. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Echoes a log line as a log of the active span; outside of a trace it goes nowhere. Made for a logger's hook. */
export function logOnSpan({ level, message, fields }: LogLine): void {
  const line = { event: 'log', level, message };
  const span = currentSpan();
  try {
    span?.log({ ...fields, ...line });
  } catch {
    span?.log(line); // a getter that throws
  }
}
