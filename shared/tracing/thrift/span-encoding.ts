/**
 * Jaeger's Thrift structs, field by field.
 * Source: jaeger.thrift of https://github.com/jaegertracing/jaeger-idl
 */
import { cut, textOf } from '../text.ts';
import type { FinishedSpan, SpanLog, SpanReference } from '../tracer/finished-span.ts';
import { durationUs, microseconds } from '../tracer/microseconds.ts';
import { type Tags, tagPairs } from '../tracer/tag-pairs.ts';
import { type Extent, writeWithin } from './extent.ts';
import { CUT_TAG, LONGEST_NAME, sharedTagBytes, writeTagList, writeTags } from './tag-encoding.ts';
import { I32, I64, LIST, STRING, STRUCT, type ThriftWriter } from './thrift-writer.ts';

const REFERENCE_TYPES = { child_of: 0, follows_from: 1 };

const NO_PARENT = '0000000000000000';

/**
 * Writes one `Span` struct: as much of the span as there is room for before `end`. Answers false where not even its ids
 * and its name have room.
 */
export function writeSpan(writer: ThriftWriter, span: FinishedSpan, end: number): boolean {
  return writeWithin(writer, (extent) => tryWriteSpan(writer, span, extent, end));
}

function tryWriteSpan(writer: ThriftWriter, span: FinishedSpan, extent: Extent, end: number): boolean {
  const { traceId, spanId, parentId, local } = span.spanContext;
  writer.fieldHeader(I64, 1);
  writer.hexId(traceId, 16);
  writer.fieldHeader(I64, 2);
  writer.hexId(traceId, 0);
  writer.fieldHeader(I64, 3);
  writer.hexId(spanId);
  writer.fieldHeader(I64, 4);
  writer.hexId(parentId ?? NO_PARENT);
  writer.fieldHeader(STRING, 5);
  writer.string(cut(textOf(span.operationName), LONGEST_NAME));
  if (span.references.length > 0) {
    writer.fieldHeader(LIST, 6);
    writeReferences(writer, span.references);
  }
  writer.fieldHeader(I32, 7);
  writer.int32(local.flags());
  writer.fieldHeader(I64, 8);
  writer.int64(microseconds(span.startTimeMs));
  writer.fieldHeader(I64, 9);
  writer.int64(durationUs(span));
  writer.fieldHeader(LIST, 10);
  if (!writeSpanTags(writer, span, extent, end)) return false;
  if (extent.logs && span.logs.length > 0) {
    writer.fieldHeader(LIST, 11);
    if (!writeLogs(writer, span.logs, extent, end)) return false;
  }
  writer.stop();
  return writer.length <= end;
}

/** Writes one `Process` struct: as much of the tags as there is room for before `end`. */
export function writeProcess(writer: ThriftWriter, service: string, tags: Tags, end: number): boolean {
  return writeWithin(writer, ({ longestValue, ...extent }) => {
    writer.fieldHeader(STRING, 1);
    writer.string(cut(service, LONGEST_NAME));
    writer.fieldHeader(LIST, 2);
    if (!writeTagList(writer, extent.tags ? tagPairs(tags) : [], longestValue, end)) return false;
    writer.stop();
    return writer.length <= end;
  });
}

function writeSpanTags(
  writer: ThriftWriter,
  { sharedTags, tags }: FinishedSpan,
  extent: Extent,
  end: number,
): boolean {
  if (!extent.tags || extent.note !== undefined) {
    const all = extent.tags ? [...tagPairs(sharedTags), ...tags] : [];
    return writeTagList(writer, [...all, CUT_TAG, extent.note], extent.longestValue, end);
  }
  const shared = sharedTags && sharedTagBytes(sharedTags);
  writer.listHeader(STRUCT, tags.length / 2 + (shared?.count ?? 0));
  if (shared) writer.raw(shared.bytes);
  return writeTags(writer, tags, extent.longestValue, end);
}

function writeReferences(writer: ThriftWriter, references: readonly SpanReference[]): void {
  writer.listHeader(STRUCT, references.length);
  for (const { type, context } of references) {
    writer.fieldHeader(I32, 1);
    writer.int32(REFERENCE_TYPES[type]);
    writer.fieldHeader(I64, 2);
    writer.hexId(context.traceId, 16);
    writer.fieldHeader(I64, 3);
    writer.hexId(context.traceId, 0);
    writer.fieldHeader(I64, 4);
    writer.hexId(context.spanId);
    writer.stop();
  }
}

function writeLogs(writer: ThriftWriter, logs: readonly SpanLog[], extent: Extent, end: number): boolean {
  writer.listHeader(STRUCT, logs.length);
  for (const { timeMs, fields } of logs) {
    writer.fieldHeader(I64, 1);
    writer.int64(microseconds(timeMs));
    writer.fieldHeader(LIST, 2);
    if (!writeTagList(writer, fields, extent.longestValue, end)) return false;
    writer.stop();
  }
  return true;
}
