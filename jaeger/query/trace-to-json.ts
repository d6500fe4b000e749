/** Writes a stored trace in the form of `GET /api/traces/{id}`. */
import { compareUtf8 } from '../spans/compare-utf8.ts';
import {
  type Attributes,
  type AttributeValue,
  copyBatch,
  NO_SPAN_ID,
  SERVICE_NAME,
  type Span,
  type SpanBatch,
  type SpanLink,
  textOf,
} from '../spans/span.ts';
import { asText, WARNINGS, warningsOf } from '../spans/warnings.ts';
import type {
  LogJson,
  ProcessJson,
  ReferenceJson,
  SpanJson,
  TagJson,
  TraceJson,
} from '../tree/trace-json.ts';
import { adjustTrace } from './adjust/adjust-trace.ts';
import { difference } from './adjust/clock-skew.ts';

/** The trace of which `batches` came, adjusted as Jaeger does on reading, or `raw`, as it was stored. */
export function traceToJson(batches: readonly SpanBatch[], { raw = false } = {}): TraceJson {
  const copies = batches.map(copyBatch);
  if (!raw) adjustTrace(copies);
  const processes = new ProcessIds();
  const spans = copies.flatMap((batch) => {
    if (batch.spans.length === 0) return [];
    const processId = processes.idOf(processJson(batch.resource));
    return batch.spans.map((span) => spanJson(span, processId));
  });
  moveWarnings(
    spans,
    copies.flatMap((batch) => batch.spans),
  );
  return {
    traceID: spans[0]?.traceID ?? '',
    spans,
    processes: processes.all(),
    warnings: null,
  };
}

/** Numbers processes in order of first use; equal ones are one. */
class ProcessIds {
  readonly #ids = new Map<string, { id: string; process: ProcessJson }>();

  idOf(process: ProcessJson): string {
    const key = JSON.stringify(process);
    const known = this.#ids.get(key);
    if (known !== undefined) return known.id;
    const id = `p${this.#ids.size + 1}`;
    this.#ids.set(key, { id, process });
    return id;
  }

  /** In the order that Go writes maps in: p1, p10, p2. */
  all(): Record<string, ProcessJson> {
    const entries = [...this.#ids.values()].sort((a, b) => compareUtf8(a.id, b.id));
    return Object.fromEntries(entries.map(({ id, process }) => [id, process]));
  }
}

function processJson(resource: Attributes): ProcessJson {
  const tags = tagsJson(resource).filter((tag) => tag.key !== SERVICE_NAME);
  return { serviceName: textOf(resource.get(SERVICE_NAME)), tags };
}

function spanJson(span: Span, processId: string): SpanJson {
  return {
    traceID: shortTraceId(span.traceId),
    spanID: span.spanId,
    operationName: span.name,
    references: referencesOf(span),
    startTime: microseconds(span.startNs),
    duration: microseconds(difference(span.endNs, span.startNs)),
    tags: [...tagsJson(span.attributes), ...kindAndStatus(span)],
    logs: span.events.map(({ timeNs, name, attributes }): LogJson => {
      const event = name === '' || attributes.has('event') ? [] : [textTag('event', name)];
      return { timestamp: microseconds(timeNs), fields: [...event, ...tagsJson(attributes)] };
    }),
    processID: processId,
    warnings: null,
  };
}

/**
 * Moves the warnings out of the tags. Where several spans have one id, Jaeger gives them all to the last of these and
 * leaves the tags of the others as they are.
 */
function moveWarnings(spans: readonly SpanJson[], sources: readonly Span[]): void {
  const lastById = new Map(spans.map((span) => [span.spanID, span]));
  const collected = new Map<string, string[]>();
  for (const source of sources) {
    const warnings = warningsOf(source);
    if (warnings.length === 0) continue;
    const all = collected.get(source.spanId) ?? [];
    collected.set(source.spanId, all);
    for (const warning of warnings) all.push(warning);
  }
  for (const [spanId, warnings] of collected) {
    const span = lastById.get(spanId);
    if (span === undefined) continue;
    span.warnings = warnings;
    span.tags = span.tags.filter((tag) => tag.key !== WARNINGS);
  }
}

/** The parent first, unless a link names it, too: then once, with the link's type. */
function referencesOf(span: Span): ReferenceJson[] {
  const { traceId, parentSpanId, links } = span;
  if (parentSpanId === NO_SPAN_ID) return links.map(referenceTo);
  const isToParent = (link: SpanLink) => link.traceId === traceId && link.spanId === parentSpanId;
  const type = links.findLast(isToParent)?.type ?? 'CHILD_OF';
  const others = links.filter((link) => !isToParent(link));
  return [{ traceId, spanId: parentSpanId, type }, ...others].map(referenceTo);
}

function referenceTo({ type, traceId, spanId }: SpanLink): ReferenceJson {
  return { refType: type, traceID: shortTraceId(traceId), spanID: spanId };
}

function kindAndStatus({ kind, status }: Span): TagJson[] {
  const tags: TagJson[] = [];
  if (kind !== undefined) tags.push(textTag('span.kind', kind));
  if (status.code !== undefined) tags.push(textTag('otel.status_code', status.code.toUpperCase()));
  if (status.code === 'error') tags.push({ key: 'error', type: 'bool', value: true });
  if (status.message !== '') tags.push(textTag('otel.status_description', status.message));
  return tags;
}

function textTag(key: string, value: string): TagJson {
  return { key, type: 'string', value };
}

function tagsJson(attributes: Attributes): TagJson[] {
  return [...attributes].map(([key, value]) => tagJson(key, value));
}

function tagJson(key: string, attribute: AttributeValue): TagJson {
  switch (attribute.type) {
    case 'int64':
      return { key, type: 'int64', value: safeNumber(attribute.value) };
    case 'binary':
      return { key, type: 'binary', value: attribute.value.length === 0 ? null : asText(attribute) };
    case 'list':
      return textTag(key, asText(attribute));
    default:
      return { key, type: attribute.type, value: attribute.value };
  }
}

function safeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Microseconds as Jaeger counts them, without a sign. */
function microseconds(ns: bigint): number | bigint {
  const us = BigInt.asUintN(64, ns / 1000n);
  return us <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(us) : us;
}

/** A 64-bit trace id goes without its high half. */
function shortTraceId(traceId: string): string {
  return traceId.startsWith(NO_SPAN_ID) ? traceId.slice(16) : traceId;
}
