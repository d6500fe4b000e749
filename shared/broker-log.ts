/** Writes Moleculer's log through ours, so that a node has one log, and its lines carry the trace they belong to. */
import { stripVTControlCharacters } from 'node:util';
import { Loggers } from 'moleculer';
import type { Logger } from './logger.ts';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Options of Moleculer's loggers: `svc` is there for services alone. */
interface Bindings {
  mod?: string;
  svc?: string;
}

/** A logger for a broker's `logger` option. */
export class BrokerLog extends Loggers.Base<object> {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    super({});
    this.#logger = logger;
  }

  /** What Moleculer calls info about its own insides (30 lines a start) is debug to those who run the system. */
  override getLogHandler(bindings: Bindings) {
    const own = bindings.svc === undefined || bindings.svc.startsWith('$');
    const { name } = this.#logger.bindings();
    const logger = bindings.mod === name ? this.#logger : this.#logger.child({ module: bindings.mod });
    return (level: Level, args: unknown[]) => {
      const { fields, message } = toLine(args);
      logger[level === 'info' && (own || OWN_LINE.test(message)) ? 'debug' : level](fields, message);
    };
  }
}

// The two that it writes in a service's name.
const OWN_LINE = /^Service '.*' (started|stopped)\.$/;

/** Moleculer logs as `console.log` does: texts, errors and objects in any order. */
function toLine(args: unknown[]): { fields: object; message: string } {
  const error = args.find((arg) => arg instanceof Error);
  const details = args.filter((arg) => typeof arg === 'object' && arg !== null && arg !== error);
  const texts = args.filter((arg) => typeof arg !== 'object' || arg === null).map(String);
  const message = texts.length > 0 ? texts.join(' ') : (error?.message ?? '');
  return {
    fields: {
      ...(error && { err: error }),
      ...(details.length > 0 && { details: details.length === 1 ? details[0] : details }),
    },
    message: stripVTControlCharacters(message),
  };
}
