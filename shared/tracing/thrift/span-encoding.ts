/**
 * Jaeger's Thrift structs, field by field.
 * Source: jaeger.thrift of https://github.com/jaegertracing/jaeger-idl
 */
import { tagValue } from '../tag-value.ts';
import type { FinishedSpan, SpanLog, SpanReference, Tags } from '../tracer/span.ts';
import { BOOL, DOUBLE, I32, I64, LIST, STRING, STRUCT, ThriftWriter } from './thrift-writer.ts';

const TAG_STRING = 0;
const TAG_DOUBLE = 1;
const TAG_BOOL = 2;
const TAG_LONG = 3;
const TAG_BINARY = 4;

const CHILD_OF = 0;
const FOLLOWS_FROM = 1;

const NO_PARENT = '0000000000000000';

/** An operation's name is a key in every index; nobody reads more of it than this. */
const LONGEST_NAME = 1024;

/** Tags that many spans share, encoded once, and how many there are. */
interface EncodedTags {
  readonly bytes: Uint8Array;
  readonly count: number;
}

const encodedTags = new WeakMap<Tags, EncodedTags>();

/** Writes one `Span` struct. */
export function writeSpan(writer: ThriftWriter, span: FinishedSpan): void {
  const { traceId, spanId, parentId, sampling } = span.spanContext;
  writer.fieldHeader(I64, 1);
  writer.hexId(traceId, 16);
  writer.fieldHeader(I64, 2);
  writer.hexId(traceId, 0);
  writer.fieldHeader(I64, 3);
  writer.hexId(spanId);
  writer.fieldHeader(I64, 4);
  writer.hexId(parentId ?? NO_PARENT);
  writer.fieldHeader(STRING, 5);
  writer.string(name(span.operationName));
  if (span.references.length > 0) {
    writer.fieldHeader(LIST, 6);
    writeReferences(writer, span.references);
  }
  writer.fieldHeader(I32, 7);
  writer.int32(sampling.flags());
  writer.fieldHeader(I64, 8);
  writer.int64(microseconds(span.startTimeMs));
  writer.fieldHeader(I64, 9);
  writer.int64(Math.max(1, microseconds(span.durationMs)));
  writer.fieldHeader(LIST, 10);
  writeSpanTags(writer, span);
  if (span.logs.length > 0) {
    writer.fieldHeader(LIST, 11);
    writeLogs(writer, span.logs);
  }
  writer.stop();
}

/** Writes one `Process` struct. */
export function writeProcess(writer: ThriftWriter, service: string, tags: Tags): void {
  writer.fieldHeader(STRING, 1);
  writer.string(service);
  writer.fieldHeader(LIST, 2);
  writeTagList(writer, tags);
  writer.stop();
}

function writeSpanTags(writer: ThriftWriter, { sharedTags, tags }: FinishedSpan): void {
  const shared = sharedTags && sharedEncoding(sharedTags);
  writer.listHeader(STRUCT, tags.length / 2 + (shared?.count ?? 0));
  if (shared) writer.raw(shared.bytes);
  for (let i = 0; i < tags.length; i += 2) writeTag(writer, String(tags[i]), tags[i + 1]);
}

function sharedEncoding(tags: Tags): EncodedTags {
  let encoded = encodedTags.get(tags);
  if (encoded === undefined) {
    const writer = new ThriftWriter(512);
    const keys = Object.keys(tags);
    for (const key of keys) writeTag(writer, key, tags[key]);
    encoded = { bytes: writer.bytes(), count: keys.length };
    encodedTags.set(tags, encoded);
  }
  return encoded;
}

function writeTagList(writer: ThriftWriter, tags: Tags): void {
  const keys = Object.keys(tags);
  writer.listHeader(STRUCT, keys.length);
  for (const key of keys)
    writeTag(
      writer,
      key,
      safely(() => tags[key]),
    );
}

function writeTag(writer: ThriftWriter, key: string, given: unknown): void {
  const value = tagValue(given);
  writer.fieldHeader(STRING, 1);
  writer.string(key);
  writer.fieldHeader(I32, 2);
  if (typeof value === 'string') {
    writer.int32(TAG_STRING);
    writer.fieldHeader(STRING, 3);
    writer.string(value);
  } else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'boolean') {
    writer.int32(TAG_BOOL);
    writer.fieldHeader(BOOL, 5);
    writer.bool(value);
  } else if (typeof value === 'bigint') {
    writer.int32(TAG_LONG);
    writer.fieldHeader(I64, 6);
    writer.bigInt64(value);
  } else {
    writer.int32(TAG_BINARY);
    writer.fieldHeader(STRING, 7);
    writer.binary(value);
  }
  writer.stop();
}

/** Safe integers as int64: Jaeger never reads a double as a status or a count. */
function writeNumber(writer: ThriftWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writer.int32(TAG_LONG);
    writer.fieldHeader(I64, 6);
    writer.int64(value);
  } else {
    writer.int32(TAG_DOUBLE);
    writer.fieldHeader(DOUBLE, 4);
    writer.double(value);
  }
}

function writeReferences(writer: ThriftWriter, references: readonly SpanReference[]): void {
  writer.listHeader(STRUCT, references.length);
  for (const { type, context } of references) {
    writer.fieldHeader(I32, 1);
    writer.int32(type === 'child_of' ? CHILD_OF : FOLLOWS_FROM);
    writer.fieldHeader(I64, 2);
    writer.hexId(context.traceId, 16);
    writer.fieldHeader(I64, 3);
    writer.hexId(context.traceId, 0);
    writer.fieldHeader(I64, 4);
    writer.hexId(context.spanId);
    writer.stop();
  }
}

function writeLogs(writer: ThriftWriter, logs: readonly SpanLog[]): void {
  writer.listHeader(STRUCT, logs.length);
  for (const { timeMs, fields } of logs) {
    writer.fieldHeader(I64, 1);
    writer.int64(microseconds(timeMs));
    writer.fieldHeader(LIST, 2);
    writeTagList(writer, fields);
    writer.stop();
  }
}

function name(operationName: unknown): string {
  const text = typeof operationName === 'string' ? operationName : String(tagValue(operationName));
  return text.length > LONGEST_NAME ? text.slice(0, LONGEST_NAME) : text;
}

/** Whole microseconds; 0 for what is no time at all. */
function microseconds(ms: number): number {
  const rounded = Math.round(ms * 1000);
  return Number.isSafeInteger(rounded) ? rounded : 0;
}

function safely(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return `[threw: ${tagValue(error)}]`;
  }
}
