/** The facts of a stored trace that a list shows. */
import { NO_SPAN_ID, SERVICE_NAME, type SpanBatch, textOf } from '../spans/span.ts';

/** A trace in one line. */
export interface TraceSummary {
  traceId: string;
  /** Service and operation of the root, or of the span that starts first. */
  name: string;
  services: string[];
  spanCount: number;
  errorCount: number;
  /** Microseconds since 1970. */
  startUs: number;
  durationUs: number;
}

/** Summarizes what came of a trace. */
export function summaryOf(traceId: string, batches: readonly SpanBatch[]): TraceSummary {
  const spans = batches.flatMap(({ resource, spans }) => {
    const service = textOf(resource.get(SERVICE_NAME));
    return spans.map((span) => ({ service, span }));
  });
  const byStart = spans.sort((a, b) => Number(a.span.startNs - b.span.startNs));
  const first = byStart.find(({ span }) => span.parentSpanId === NO_SPAN_ID) ?? byStart[0];
  const startUs = microseconds(byStart[0]?.span.startNs ?? 0n);
  const endUs = spans.reduce((last, { span }) => Math.max(last, microseconds(span.endNs)), startUs);
  return {
    traceId,
    name: first === undefined ? '' : `${first.service}: ${first.span.name}`,
    services: [...new Set(byStart.map(({ service }) => service))],
    spanCount: spans.length,
    errorCount: spans.filter(({ span }) => span.status.code === 'error').length,
    startUs,
    durationUs: endUs - startUs,
  };
}

function microseconds(ns: bigint): number {
  return Number(ns / 1000n);
}
