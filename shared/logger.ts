/** The log: pretty on a terminal, JSON lines elsewhere, with secrets taken out. */
import { format } from 'node:util';
import {
  type DestinationStream,
  type LevelWithSilent,
  type Logger,
  type LoggerOptions as LoggerPinoOptions,
  pino,
} from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

/** Options of `createLogger`. */
export interface LoggerOptions {
  /** Who writes: `gateway`, `jaeger`, ... */
  name: string;
  /** @default 'info' */
  level?: LevelWithSilent;
  /** Fields for every line, asked for at each of them: joins the trace without the logger knowing the tracer. */
  mixin?: () => object;
  /** Told of every line too, without its secrets: the library's `logOnSpan` shows it in the trace. @default nobody */
  echo?: (line: { level: string; message: string; fields: Record<string, unknown> }) => void;
  /** Where lines go. @default process.stdout */
  destination?: DestinationStream & { isTTY?: boolean; getColorDepth?(): number };
}

/** Makes a logger; opens nothing but its destination. */
export function createLogger({ name, level = 'info', mixin, echo, destination }: LoggerOptions): Logger {
  return pino(
    {
      name,
      level,
      ...(mixin && { mixin }),
      ...(echo && { hooks: { logMethod: echoing(echo) } }),
      formatters: { log: (fields) => withoutSecrets(fields) },
      // The formatter has spelled it out already; pino's own serializer would do it twice.
      serializers: { err: (fields: object) => fields },
    },
    destinationFor(destination),
  );
}

type LogMethod = NonNullable<NonNullable<LoggerPinoOptions['hooks']>['logMethod']>;

/** A hook of pino's: called for the lines that are written, before they are. */
function echoing(echo: NonNullable<LoggerOptions['echo']>): LogMethod {
  return function echoLine(args, method, level) {
    const [first, ...rest] = args as unknown[];
    const isFields = typeof first === 'object' && first !== null;
    const fields = first instanceof Error ? { err: first } : isFields ? first : {};
    const message = format(...(isFields ? rest : [first, ...rest]));
    echo({
      level: pino.levels.labels[level] ?? String(level),
      message,
      fields: { ...withoutSecrets(fields) },
    });
    method.apply(this, args);
  };
}

const SECRETS = new Set(['password', 'token', 'authorization', 'cookie', 'set-cookie']);
// pino writes nothing that lies deeper.
const MAX_DEPTH = 5;

/**
 * The same object, or a copy of it where there was a secret to take out or an error to spell out. pino's own redaction names
 * every depth by a path, and 20 paths made a line 20 times as dear (16 us against 0.8).
 */
function withoutSecrets<T extends object>(value: T, depth = 0): T {
  if (depth > MAX_DEPTH) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, child] of Object.entries(value)) {
    const kept = isSecret(key) ? '[redacted]' : written(child, depth + 1);
    if (kept === child) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[key] = kept;
  }
  return (copy as T | undefined) ?? value;
}

function isSecret(key: string): boolean {
  return SECRETS.has(key.toLowerCase());
}

function written(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return withoutSecrets(value instanceof Error ? pino.stdSerializers.err(value) : value, depth);
}

function destinationFor(destination: LoggerOptions['destination']): DestinationStream {
  const target = destination ?? process.stdout;
  if (target.isTTY) {
    // Formatted here and at once, not in a worker or a pipeline: the last lines before an exit matter most.
    const format = pretty.prettyFactory({
      ignore: 'pid,hostname',
      translateTime: 'SYS:HH:MM:ss.l',
      colorize: (target.getColorDepth?.() ?? 1) > 1, // which reads NO_COLOR and FORCE_COLOR
      singleLine: true,
    });
    return { write: (line) => target.write(format(line)) };
  }
  return destination ?? pino.destination({ dest: 1, sync: true });
}
