/** What a process tells Prometheus: how often, with what outcome and how long its routes and actions run, and its spans. */
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client';
import type { BackendStats } from '../tracing/index.ts';
import { toPlainText } from './plain-text.ts';

/** A request or an execution that is over. */
export interface Observation {
  seconds: number;
  /** The trace it belongs to: shown as an example of its bucket. */
  traceId?: string | undefined;
}

/** The metrics of one process. */
export interface Metrics {
  /** `route` is a pattern, never a path. */
  observeRequest(labels: { method: string; route: string; status: string }, observation: Observation): void;
  observeAction(labels: { action: string; outcome: Outcome }, observation: Observation): void;
  /** All metrics as text, in the format that `accept`, the header of a request, prefers. */
  read(accept: string): Promise<{ type: string; text: string }>;
}

/** How an action went: as its caller wanted, refused by the caller's own fault, or failed by the service's. */
export type Outcome = 'ok' | 'refused' | 'failed';

/** From a cache hit to a call that is given up. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PLAIN_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in a registry of their own, of a process whose spans these are. */
export function createMetrics(spans: () => BackendStats): Metrics {
  // Only this format has exemplars, and prom-client renames counters for good when it once writes it.
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  collectDefaultMetrics<OpenMetricsContentType>({ register: registry });
  registerSpans(spans, registry);
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests, by the route that matched, until the last byte or the end of the connection',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    enableExemplars: true,
    registers,
  });
  const actions = new Histogram({
    name: 'moleculer_action_duration_seconds',
    help: 'Executions of actions on this node, until they answer',
    labelNames: ['action', 'outcome'],
    buckets: BUCKETS_S,
    enableExemplars: true,
    registers,
  });

  return {
    observeRequest: (labels, { seconds, traceId }) =>
      requests.observe({ labels, value: seconds, exemplarLabels: exemplar(traceId) }),
    observeAction: (labels, { seconds, traceId }) =>
      actions.observe({ labels, value: seconds, exemplarLabels: exemplar(traceId) }),
    async read(accept) {
      const text = await registry.metrics();
      return /application\/openmetrics-text/i.test(accept)
        ? { type: registry.contentType, text }
        : { type: PLAIN_TEXT, text: toPlainText(text) };
    },
  };
}

function exemplar(traceId: string | undefined): Record<string, string> {
  return traceId === undefined ? {} : { trace_id: traceId };
}

/** The library's own counts, read when somebody asks. */
function registerSpans(spans: () => BackendStats, registry: Registry<OpenMetricsContentType>): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: (stats: BackendStats) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(spans()));
      },
    });
  const counter = (name: string, help: string, label: string, read: (stats: BackendStats) => object) =>
    new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read(spans()))) this.inc({ [label]: value }, count);
      },
    });

  counter('tracemesh_spans_total', 'Spans of this process', 'state', ({ started, finished, sent }) => ({
    started,
    finished,
    sent,
  }));
  counter('tracemesh_spans_dropped_total', 'Spans that were lost', 'reason', ({ dropped }) => dropped);
  counter(
    'tracemesh_collector_requests_total',
    'Requests to the collector that failed, and those that were tried again',
    'outcome',
    ({ failedRequests, retriedRequests }) => ({ failed: failedRequests, retried: retriedRequests }),
  );
  gauge('tracemesh_spans_queued', 'Spans that wait to be sent', ({ queued }) => queued);
  gauge('tracemesh_spans_queued_bytes', 'Bytes that wait to be sent', ({ queuedBytes }) => queuedBytes);
  gauge('tracemesh_spans_spooled', 'Spans in files of the spool', ({ spooled }) => spooled);
  gauge('tracemesh_spans_unfinished', 'Spans that run', ({ unfinished }) => unfinished);
}
