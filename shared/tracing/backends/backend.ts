/** The seam behind which tracers are exchanged: everything else in this library knows OpenTracing only. */
import type { Tracer } from 'opentracing';
import type { Tags } from '../tracer/tag-pairs.ts';

/** Spans of a process in numbers. */
export interface BackendStats {
  /** Spans that are recorded, as far as they have started and finished; `unfinished` is their difference. */
  readonly started: number;
  readonly finished: number;
  readonly unfinished: number;
  /** Spans that a collector has taken. */
  readonly sent: number;
  /** Spans that were lost, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Spans in files of the spool, for when the collector is back. */
  readonly spooled: number;
  /** Spans that wait to be sent, and the bytes of those that are encoded. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Requests to the collector that failed, and how many of them were tried again. */
  readonly failedRequests: number;
  readonly retriedRequests: number;
}

/** What {@link Backend.close} did, in spans of the whole life of the process. */
export interface CloseResult {
  readonly sent: number;
  readonly dropped: number;
}

/** One tracing system. */
export interface Backend {
  /** False where there are no spans at all: nothing is hooked but what moleculer/disabled.ts needs. */
  readonly enabled: boolean;
  /** Adds tags to the process of services whose first span has yet to finish, where the settings have none of these names. */
  describeProcess?(tags: Tags): void;
  /** A new tracer whose spans carry this service's name. */
  createTracer(service: string): Tracer;
  stats(): BackendStats;
  /** Sends what is there, waits for it until the deadline, and goes on; never rejects. */
  flush(options: { deadlineMs: number }): Promise<void>;
  /** Sends what is queued, until the deadline; never rejects. */
  close(options: { deadlineMs: number }): Promise<CloseResult>;
}

/** The numbers of a backend that has nothing to tell. */
export const NO_STATS: BackendStats = Object.freeze({
  started: 0,
  finished: 0,
  unfinished: 0,
  sent: 0,
  dropped: Object.freeze({}),
  spooled: 0,
  queued: 0,
  queuedBytes: 0,
  failedRequests: 0,
  retriedRequests: 0,
});
