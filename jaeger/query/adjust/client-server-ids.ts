/** In Zipkin's style the client and the server of a call share one span id: here each gets its own. */
import type { Span, SpanBatch } from '../../spans/span.ts';

/** Gives such server spans the first free ids, the client as parent, and their children the new parent. */
export function separateClientAndServer(batches: SpanBatch[]): void {
  const spans = batches.flatMap((batch) => batch.spans);
  const clientIds = new Set(spans.filter((span) => span.kind === 'client').map((span) => span.spanId));
  const nextFree = freeIds(spans);
  const renamed = new Map<string, string>();
  for (const span of spans) {
    if (span.kind !== 'server' || !clientIds.has(span.spanId)) continue;
    const shared = span.spanId;
    span.spanId = nextFree();
    span.parentSpanId = shared;
    renamed.set(shared, span.spanId);
  }
  if (renamed.size === 0) return;
  for (const span of spans) {
    const parentSpanId = renamed.get(span.parentSpanId);
    if (parentSpanId !== undefined && parentSpanId !== span.spanId) span.parentSpanId = parentSpanId;
  }
}

/** Counts up from 1, past the ids in use. */
function freeIds(spans: readonly Span[]): () => string {
  const used = new Set(spans.map((span) => span.spanId));
  let last = 0;
  return () => {
    for (;;) {
      const id = (++last).toString(16).padStart(16, '0');
      if (!used.has(id)) return id;
    }
  };
}
