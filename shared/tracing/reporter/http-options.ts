import { Agent as HttpsAgent } from 'node:https';
import { resolve } from 'node:path';
import { Agent as HttpAgent, validateHeaderName, validateHeaderValue } from '../node-http.ts';
import { shownValue } from '../shown-value.ts';
import { type Clock, systemClock } from './clock.ts';
import { containFailures, type ReporterLogger } from './drop-log.ts';
import { type SpoolDisk, systemDisk } from './spool-disk.ts';

/** How to reach the collector, and what to do when that does not work. */
export interface HttpReporterOptions {
  /** Where batches are POSTed: an http or https URL, with user info for basic authentication if need be. */
  readonly endpoint: string;
  readonly contentType: string;
  /** Sent with every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Told of lost spans (warn) and of the collector's state (debug).
   * @default silence
   */
  readonly logger?: ReporterLogger | undefined;
  /**
   * Memory for batches that wait or are on their way.
   * @default 64 MiB
   */
  readonly maxQueueBytes?: number | undefined;
  /**
   * The most spans that wait.
   * @default none: bytes bound the queue
   */
  readonly maxQueueSpans?: number | undefined;
  /**
   * The largest batch that is sent; Jaeger refuses larger ones than this.
   * @default 20 MiB
   */
  readonly maxPayloadBytes?: number | undefined;
  /** @default 3000 */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * From a request's start to the head of its answer.
   * @default 10000
   */
  readonly responseTimeoutMs?: number | undefined;
  /**
   * The longest wait before the first retry; each further one may take twice as long.
   * @default 250
   */
  readonly retryFirstMs?: number | undefined;
  /**
   * The longest wait before any retry: a collector that is back is noticed after so long at the latest.
   * @default 10000
   */
  readonly retryMaxMs?: number | undefined;
  /**
   * The longest wait that a collector can ask for with `Retry-After`.
   * @default 60000
   */
  readonly maxRetryAfterMs?: number | undefined;
  /**
   * How fast to send what has piled up while the collector was away.
   * @default 16 MiB
   */
  readonly drainBytesPerSecond?: number | undefined;
  /**
   * A folder for batches that memory cannot hold or a stop cannot send; made if it is missing, shared by processes.
   * @default none
   */
  readonly spoolDir?: string | undefined;
  /**
   * The most bytes in that folder, whoever wrote them.
   * @default 2 GiB: an hour of 1,000 spans a second
   */
  readonly maxSpoolBytes?: number | undefined;
  /** @default this machine's */
  readonly clock?: Clock | undefined;
  /**
   * Numbers from 0 up to 1, for jitter.
   * @default Math.random
   */
  readonly random?: (() => number) | undefined;
  /** @default this machine's */
  readonly disk?: SpoolDisk | undefined;
}

const MIB = 1024 * 1024;

/** Checks options and fills in the defaults; throws a `TypeError` that names the option and its value. */
export function resolveHttpOptions(options: HttpReporterOptions) {
  const url = parseEndpoint(options.endpoint);
  const headers = { ...options.headers, 'content-type': options.contentType };
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return {
    url,
    headers,
    // No connection is kept: Jaeger closes each after its answer, and one that a collector closes in the very moment
    // of the next request looks like a failure. TLS sessions are resumed, which is what a new connection costs.
    agent:
      url.protocol === 'https:' ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false }),
    contentType: options.contentType,
    logger: containFailures(options.logger),
    maxQueueBytes: positive(options, 'maxQueueBytes', 64 * MIB),
    maxQueueSpans: options.maxQueueSpans === undefined ? undefined : positive(options, 'maxQueueSpans', 0),
    maxPayloadBytes: positive(options, 'maxPayloadBytes', 20 * MIB),
    connectTimeoutMs: positive(options, 'connectTimeoutMs', 3_000),
    responseTimeoutMs: positive(options, 'responseTimeoutMs', 10_000),
    retryFirstMs: positive(options, 'retryFirstMs', 250),
    retryMaxMs: positive(options, 'retryMaxMs', 10_000),
    maxRetryAfterMs: positive(options, 'maxRetryAfterMs', 60_000),
    drainBytesPerSecond: positive(options, 'drainBytesPerSecond', 16 * MIB),
    // As it is now: a process that goes into the background goes into another folder, too.
    spoolDir: options.spoolDir && resolve(options.spoolDir),
    maxSpoolBytes: positive(options, 'maxSpoolBytes', 2048 * MIB),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    disk: options.disk ?? systemDisk,
  };
}

/** Options that were checked and are complete. */
export type HttpReporterSettings = ReturnType<typeof resolveHttpOptions>;

function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new TypeError(`endpoint must be an http or https URL, not ${shownValue(endpoint)}`);
}

type NumericOption = {
  [Name in keyof HttpReporterOptions]-?: HttpReporterOptions[Name] extends number | undefined ? Name : never;
}[keyof HttpReporterOptions];

function positive(options: HttpReporterOptions, name: NumericOption, fallback: number): number {
  const value = options[name] ?? fallback;
  if (Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${name} must be a positive number, not ${value}`);
}
