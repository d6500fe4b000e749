/**
 * The life of one process: it says when it serves, and it stops once, gracefully and within a deadline, on
 * SIGTERM, on SIGINT, or when the parent that started it over IPC is gone.
 */
import { fstatSync } from 'node:fs';

/** Why a process stops; `disconnect`: its parent ended, or let it go. */
export type StopReason = 'SIGTERM' | 'SIGINT' | 'disconnect';

/** What a process tells its parent over IPC once it serves. */
export interface ReadyMessage {
  type: 'ready';
  /** Who serves: `gateway`, `users`, `jaeger`. */
  name: string;
  /** The address that people open, without a trailing slash. */
  url?: string;
  /**
   * The stand-in's further ones: the values for JAEGER_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT and ZIPKIN_ENDPOINT, and
   * `udp://<JAEGER_AGENT_HOST>:<JAEGER_AGENT_PORT>`.
   */
  urls?: { collector?: string; agent?: string; otlp?: string; zipkin?: string };
  /** Of a service node: the services that the mesh knows by it. */
  services?: readonly string[];
  /** Of a service node: where its `/metrics` and `/health` are, without a trailing slash. */
  metricsUrl?: string;
}

/** The part of a logger that a lifecycle needs; pino's fits. */
export interface LifecycleLogger {
  info(message: string): void;
  error(fields: object, message: string): void;
}

/** Of the time that a stop may take in all, what the last spans get. */
export const LAST_SPANS_MS = 1500;

/** What {@link startLifecycle} needs to know. */
export interface LifecycleOptions {
  /** Closes, in order, whatever is open by then: the stop may come before the start has ended. */
  close: (reason: StopReason) => Promise<unknown>;
  /** How long `close` may take before the process ends all the same, with exit code 1. @default 8000 */
  deadlineMs?: number;
  /** How long a child without a parent waits for those that stop before it, see {@link startLifecycle}. @default 8000 */
  predecessorsMs?: number;
  /** Told of the stop and of what failed in it. @default none */
  logger?: LifecycleLogger;
}

/** One process's life, as {@link startLifecycle} watches over it. */
export interface Lifecycle {
  /** Tells the parent, where there is one, that this process serves. */
  announceReady(message: Omit<ReadyMessage, 'type'>): void;
  /** Resolves when everything is closed; a second call joins the first. The process does not exit by it. */
  stop(reason: StopReason): Promise<void>;
}

/**
 * Watches for the end of this process from now on: SIGTERM, SIGINT or a lost parent close it once and exit, with
 * code 0 where `close` resolved in time, else 1.
 *
 * *Order without a parent.* Children of one parent stop in an order, and when it is killed nobody is left to keep
 * that order. So a child's stdin may be a pipe whose other end the parent and the children that stop earlier hold:
 * it ends with the last of them, and a child that lost its parent stops then. Nothing is ever written into it.
 */
export function startLifecycle(options: LifecycleOptions): Lifecycle {
  const { close, deadlineMs = 8000, predecessorsMs = 8000, logger } = options;
  let stopped: Promise<void> | undefined;

  const stop = (reason: StopReason): Promise<void> => {
    stopped ??= withDeadline(() => close(reason), deadlineMs);
    return stopped;
  };
  const stopAndExit = async (reason: StopReason): Promise<never> => {
    if (stopped === undefined) logger?.info(`stopping: ${reasons[reason]}`);
    try {
      await stop(reason);
    } catch (error) {
      logger?.error({ err: error }, 'did not stop cleanly');
      process.exit(1);
    }
    process.exit(0);
  };

  process.on('SIGTERM', () => stopAndExit('SIGTERM'));
  process.on('SIGINT', () => stopAndExit('SIGINT'));
  const onLostParent = async () => {
    survivePipesWithoutReader();
    await predecessorsEnded(predecessorsMs);
    await stopAndExit('disconnect');
  };
  // Undefined without a parent to talk to; false where it was lost while this process was still loading its modules.
  if (process.connected === true) process.once('disconnect', onLostParent);
  if (process.connected === false) setImmediate(onLostParent);

  return {
    announceReady: (message) => {
      if (process.connected) process.send?.({ type: 'ready', ...message } satisfies ReadyMessage);
    },
    stop,
  };
}

const reasons: Record<StopReason, string> = {
  SIGTERM: 'asked to by SIGTERM',
  SIGINT: 'asked to by SIGINT',
  disconnect: 'the process that started this one is gone',
};

/** Rejects when `close` has not settled in time: what hangs must not keep a process that was told to end. */
async function withDeadline(close: () => Promise<unknown>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    await Promise.race([close(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whoever read our output may have died with the parent: a log line must not end a process that drains. */
function survivePipesWithoutReader(): void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}

/** Resolves when stdin ends, where it is a pipe, or after `limitMs`; at once where it is anything else. */
async function predecessorsEnded(limitMs: number): Promise<void> {
  if (!stdinIsPipe()) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    const ended = () => {
      clearTimeout(timer);
      resolve();
    };
    process.stdin.once('end', ended).once('error', ended).resume();
  });
}

function stdinIsPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false; // closed: nobody holds its other end
  }
}
