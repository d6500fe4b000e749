import type { Clock } from './clock.ts';
import type { DropReason } from './ledger.ts';

/** What a reporter writes to: pino's shape, or any other logger's behind two functions. */
export interface ReporterLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const QUIET_MS = 60_000;

/** Says that spans were lost, once per reason and minute; what happens in between is in the next line's count. */
export class DropLog {
  readonly #logger: ReporterLogger;
  readonly #clock: Clock;
  readonly #reasons = new Map<
    DropReason,
    { loggedAt: number; unlogged: number; detail?: string | undefined }
  >();
  #held = false;

  constructor(logger: ReporterLogger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Notes a loss; `detail` says in words what happened, such as the collector's answer. */
  note(reason: DropReason, spans: number, detail?: string): void {
    const now = this.#clock.now();
    const entry = this.#reasons.get(reason) ?? { loggedAt: Number.NEGATIVE_INFINITY, unlogged: 0 };
    this.#reasons.set(reason, entry);
    entry.unlogged += spans;
    entry.detail = detail ?? entry.detail;
    // Math.abs: a wall clock that was set back must not silence the log until it has caught up.
    if (this.#held || Math.abs(now - entry.loggedAt) < QUIET_MS) return;
    entry.loggedAt = now;
    this.#write(reason, entry);
  }

  /** Writes nothing until the next flush: what is lost by the end of one wait is lost together. */
  hold(): void {
    this.#held = true;
  }

  /** Writes what no line has said yet. */
  flush(): void {
    this.#held = false;
    for (const [reason, entry] of this.#reasons) if (entry.unlogged > 0) this.#write(reason, entry);
  }

  #write(reason: DropReason, entry: { unlogged: number; detail?: string | undefined }): void {
    const { unlogged: spans, detail } = entry;
    entry.unlogged = 0;
    this.#logger.warn(detail === undefined ? { reason, spans } : { reason, spans, detail }, 'spans dropped');
  }
}

/** A logger that fails must not fail whoever finishes a span. */
export function containFailures(logger: ReporterLogger | undefined): ReporterLogger {
  const contain = (level: keyof ReporterLogger) => (fields: object, message: string) => {
    try {
      logger?.[level](fields, message);
    } catch {
      // Where should this be logged?
    }
  };
  return { debug: contain('debug'), warn: contain('warn') };
}
