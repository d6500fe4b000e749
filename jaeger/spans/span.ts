/**
 * Spans as the stand-in keeps them, whatever protocol brought them. Like Jaeger v2 itself it takes OpenTelemetry's
 * form: that is why answers differ in places from what a client sent.
 */

/** A value with its type, which Jaeger's answers name. */
export type AttributeValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int64'; readonly value: bigint }
  | { readonly type: 'float64'; readonly value: number }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'list'; readonly value: readonly string[] };

/** Attributes in their order; a key that is set again keeps its place. */
export type Attributes = Map<string, AttributeValue>;

/** The kinds a span may have; one without is internal work. */
export const SPAN_KINDS = ['client', 'server', 'producer', 'consumer', 'internal'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** How a span ended, where anybody said so. */
export interface SpanStatus {
  code: 'ok' | 'error' | undefined;
  message: string;
}

/** Something that happened within a span: a log. */
export interface SpanEvent {
  timeNs: bigint;
  name: string;
  attributes: Attributes;
}

/** A reference to another span, beside the parent. */
export interface SpanLink {
  traceId: string;
  spanId: string;
  type: 'CHILD_OF' | 'FOLLOWS_FROM';
}

/** A finished span. */
export interface Span {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  /** 16 hex digits, zeros where there is no parent. */
  parentSpanId: string;
  name: string;
  kind: SpanKind | undefined;
  /** Nanoseconds since 1970, a signed 64-bit number. */
  startNs: bigint;
  endNs: bigint;
  status: SpanStatus;
  attributes: Attributes;
  events: SpanEvent[];
  links: SpanLink[];
}

/** What one process sent at once: its resource's attributes (`service.name` among them) and its spans. */
export interface SpanBatch {
  resource: Attributes;
  spans: Span[];
}

export const NO_SPAN_ID = '0'.repeat(16);
export const NO_TRACE_ID = '0'.repeat(32);
export const SERVICE_NAME = 'service.name';

/** The text of a value that is a text, else the empty one. */
export function textOf(value: AttributeValue | undefined): string {
  return value?.type === 'string' ? value.value : '';
}

/** Takes an attribute out and answers its value. As in Jaeger the last attribute moves to its place. */
export function takeOut(attributes: Attributes, key: string): AttributeValue | undefined {
  const value = attributes.get(key);
  if (value === undefined) return undefined;
  const entries = [...attributes];
  const last = entries.pop();
  if (last !== undefined && last[0] !== key) entries[entries.findIndex(([other]) => other === key)] = last;
  attributes.clear();
  for (const [otherKey, otherValue] of entries) attributes.set(otherKey, otherValue);
  return value;
}

/** A copy that may be changed without changing the original; the values themselves never change. */
export function copyBatch(batch: SpanBatch): SpanBatch {
  return { resource: new Map(batch.resource), spans: batch.spans.map(copySpan) };
}

function copySpan(span: Span): Span {
  return {
    ...span,
    attributes: new Map(span.attributes),
    events: span.events.map((event) => ({ ...event, attributes: new Map(event.attributes) })),
    links: [...span.links],
  };
}
