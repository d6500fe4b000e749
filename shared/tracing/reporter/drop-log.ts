import { type Clock, startBackgroundTimer, type Timer } from './clock.ts';
import type { DropReason } from './ledger.ts';

/** What a reporter writes to: pino's shape, or any other logger's behind two functions. */
export interface ReporterLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const QUIET_MS = 60_000;

interface Loss {
  unlogged: number;
  detail?: string | undefined;
  /** Runs from a line until the next one may be written. */
  quiet?: Timer | undefined;
}

/** Says that spans were lost: the first at once, what follows within a minute in one line at its end, by reason. */
export class DropLog {
  readonly #logger: ReporterLogger;
  readonly #clock: Clock;
  readonly #losses = new Map<DropReason, Loss>();
  #held = false;

  constructor(logger: ReporterLogger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Notes a loss; `detail` says in words what happened, such as the collector's answer. */
  note(reason: DropReason, spans: number, detail?: string): void {
    const loss = this.#losses.get(reason) ?? { unlogged: 0 };
    this.#losses.set(reason, loss);
    loss.unlogged += spans;
    loss.detail = detail ?? loss.detail;
    if (!this.#held && loss.quiet === undefined) this.#write(reason, loss);
  }

  /** Writes nothing until the next flush: what is lost by the end of one wait is lost together. */
  hold(): void {
    this.#held = true;
  }

  /** Writes what no line has said yet: the process may end before the minute does. */
  flush(): void {
    this.#held = false;
    for (const [reason, loss] of this.#losses) if (loss.unlogged > 0) this.#write(reason, loss);
  }

  /** The same, with no timer left. */
  end(): void {
    this.flush();
    for (const loss of this.#losses.values()) {
      this.#clock.clearTimeout(loss.quiet);
      loss.quiet = undefined;
    }
  }

  #write(reason: DropReason, loss: Loss): void {
    const { unlogged: spans, detail } = loss;
    loss.unlogged = 0;
    this.#clock.clearTimeout(loss.quiet);
    loss.quiet = startBackgroundTimer(this.#clock, QUIET_MS, () => {
      loss.quiet = undefined;
      if (loss.unlogged > 0 && !this.#held) this.#write(reason, loss);
    });
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
