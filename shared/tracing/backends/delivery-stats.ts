/** The numbers of a backend that delivers its spans through a reporter. */
import type { Reporter } from '../reporter/reporter.ts';
import type { SpanCounts } from '../tracer/tracer.ts';
import type { BackendStats } from './backend.ts';

/** Joins what the tracers count, what waits to be encoded or batched, and what the reporter says. */
export function deliveryStats(reporter: Reporter, counts: SpanCounts, waiting: number): BackendStats {
  const { sent, droppedBy, queued, requests } = reporter.stats();
  return {
    started: counts.started,
    finished: counts.finished,
    unfinished: counts.started - counts.finished,
    sent,
    dropped: droppedBy,
    queued: queued.spans + waiting,
    queuedBytes: queued.bytes,
    failedRequests: requests.failed,
    retriedRequests: requests.retried,
  };
}
