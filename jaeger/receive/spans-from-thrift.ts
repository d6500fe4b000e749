/** Turns what a Jaeger client posts into spans, as Jaeger v2 does when it takes them in. */

import {
  type Attributes,
  type AttributeValue,
  SERVICE_NAME,
  SPAN_KINDS,
  type Span,
  type SpanBatch,
  type SpanEvent,
  type SpanLink,
  takeOut,
  textOf,
} from '../spans/span.ts';
import { asText } from '../spans/warnings.ts';
import type { WireText } from '../thrift/binary-reader.ts';
import {
  REF_TYPE,
  TAG_TYPE,
  type ThriftBatch,
  type ThriftLog,
  type ThriftProcess,
  type ThriftReference,
  type ThriftSpan,
  type ThriftTag,
} from '../thrift/jaeger-batch.ts';
import { takeStatus } from './span-status.ts';

/** The batch's spans, in order, without the blank ones. */
export function spansFromThrift(batch: ThriftBatch): SpanBatch {
  return {
    resource: resourceOf(batch.process),
    spans: batch.spans.filter((span) => !isBlank(span)).map(spanFrom),
  };
}

function resourceOf(process: ThriftProcess): Attributes {
  const resource: Attributes = new Map();
  if (process.serviceName.length > 0) resource.set(SERVICE_NAME, textValue(process.serviceName));
  setTags(resource, process.tags);
  rename(resource, 'hostname', 'host.name', (value) => value);
  rename(resource, 'jaeger.version', 'opencensus.exporterversion', (value) => ({
    type: 'string',
    value: `Jaeger-${textOf(value)}`,
  }));
  return resource;
}

/** Moves a value to a new key, unless that is taken. */
function rename(
  attributes: Attributes,
  from: string,
  to: string,
  change: (value: AttributeValue) => AttributeValue,
): void {
  const value = attributes.get(from);
  if (value === undefined || attributes.has(to)) return;
  attributes.set(to, change(value));
  takeOut(attributes, from);
}

/** A span in which nothing was ever set. */
function isBlank(span: ThriftSpan): boolean {
  const numbers = [span.traceIdLow, span.traceIdHigh, span.spanId, span.parentSpanId, span.startTime];
  return (
    numbers.every((number) => number === 0n) &&
    span.duration === 0n &&
    span.flags === 0 &&
    span.operationName.length === 0 &&
    [span.references, span.tags, span.logs].every((list) => list === undefined)
  );
}

function spanFrom(span: ThriftSpan): Span {
  const parentSpanId = parentOf(span);
  const attributes: Attributes = new Map();
  setTags(attributes, span.tags);
  const kindText = textOf(takeOut(attributes, 'span.kind'));
  const kind = SPAN_KINDS.find((candidate) => candidate === kindText);
  const status = takeStatus(attributes, kind);
  return {
    traceId: traceIdText(span),
    spanId: spanIdText(span.spanId),
    parentSpanId: spanIdText(parentSpanId),
    name: nameOf(span.operationName, attributes),
    kind,
    startNs: nanoseconds(span.startTime),
    endNs: nanoseconds(span.startTime + span.duration),
    status,
    attributes,
    events: (span.logs ?? []).map(eventFrom),
    links: (span.references ?? [])
      .filter((ref) => ref.spanId !== parentSpanId || ref.refType !== REF_TYPE.childOf)
      .map(linkFrom),
  };
}

/** The parent's id, or the span that is named first of the same trace, a CHILD_OF before a FOLLOWS_FROM. */
function parentOf(span: ThriftSpan): bigint {
  if (span.parentSpanId !== 0n) return span.parentSpanId;
  const sameTrace = (span.references ?? []).filter(
    (ref) => ref.traceIdLow === span.traceIdLow && ref.traceIdHigh === span.traceIdHigh,
  );
  const first = (type: number) => sameTrace.find((ref) => ref.refType === type);
  return (first(REF_TYPE.childOf) ?? first(REF_TYPE.followsFrom))?.spanId ?? 0n;
}

/** The name; one that is not UTF-8 stays readable as an attribute. */
function nameOf(name: WireText, attributes: Attributes): string {
  if (typeof name === 'string') return name;
  attributes.set('invalid-span-name', { type: 'binary', value: name });
  return 'invalid-span-name';
}

function eventFrom(log: ThriftLog): SpanEvent {
  const attributes: Attributes = new Map();
  // Unlike those of a span, a log's texts are never repaired: what is not UTF-8 shows replacement characters.
  for (const tag of log.fields) attributes.set(readable(tag.key), tagValue(tag, readable));
  const name = textOf(takeOut(attributes, 'event'));
  return { timeNs: nanoseconds(log.timestamp), name, attributes };
}

function linkFrom(reference: ThriftReference): SpanLink {
  return {
    traceId: traceIdText(reference),
    spanId: spanIdText(reference.spanId),
    type: reference.refType === REF_TYPE.childOf ? 'CHILD_OF' : 'FOLLOWS_FROM',
  };
}

/** Sets the tags; of equal keys the last one counts. A key that is not UTF-8 is kept inside a value, numbered. */
function setTags(attributes: Attributes, tags: readonly ThriftTag[] = []): void {
  const numbers = new Map<string, number>();
  for (const tag of tags) {
    const value = tagValue(tag);
    if (typeof tag.key === 'string') {
      attributes.set(tag.key, value);
      continue;
    }
    const key = Buffer.from(tag.key).toString('latin1');
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    attributes.set(`invalid-tag-key-${number}`, { type: 'binary', value: keyAndValue(tag.key, value) });
  }
}

function keyAndValue(key: Uint8Array, value: AttributeValue): Uint8Array {
  const bytes = value.type === 'binary' ? value.value : Buffer.from(asText(value));
  return Buffer.concat([key, Buffer.from(':'), bytes]);
}

function tagValue(tag: ThriftTag, text: (value: WireText) => WireText = (value) => value): AttributeValue {
  switch (tag.vType) {
    case TAG_TYPE.string:
      return textValue(text(tag.vStr ?? ''));
    case TAG_TYPE.double:
      return { type: 'float64', value: tag.vDouble ?? 0 };
    case TAG_TYPE.bool:
      return { type: 'bool', value: tag.vBool ?? false };
    case TAG_TYPE.long:
      return { type: 'int64', value: tag.vLong ?? 0n };
    case TAG_TYPE.binary:
      return { type: 'binary', value: tag.vBinary ?? new Uint8Array() };
    default:
      return { type: 'string', value: '<Unknown Jaeger TagType "<UNSET>">' };
  }
}

function textValue(text: WireText): AttributeValue {
  return typeof text === 'string' ? { type: 'string', value: text } : { type: 'binary', value: text };
}

function readable(text: WireText): string {
  return typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
}

// Jaeger multiplies in 64 bits, so that absurd times wrap around.
function nanoseconds(microseconds: bigint): bigint {
  return BigInt.asIntN(64, microseconds * 1000n);
}

function traceIdText(id: { traceIdHigh: bigint; traceIdLow: bigint }): string {
  return spanIdText(id.traceIdHigh) + spanIdText(id.traceIdLow);
}

function spanIdText(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, '0');
}
