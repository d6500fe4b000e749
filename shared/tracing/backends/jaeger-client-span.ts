/** jaeger-client's spans, written by jaeger-client's encoder; what it could not encode is made safe before. */
import type { Reference } from 'opentracing';
import { loadPackage } from '../load-package.ts';
import { tagValue } from '../tag-value.ts';
import { cut, textOf } from '../text.ts';
import { type Extent, writeWithin } from '../thrift/extent.ts';
import { CUT_TAG, LONGEST_NAME } from '../thrift/tag-encoding.ts';
import type { ThriftWriter } from '../thrift/thrift-writer.ts';

interface ClientTag {
  readonly key: string;
  readonly value: unknown;
}

/** A span as jaeger-client hands it to a reporter. */
export interface ClientSpan {
  readonly _spanContext: { readonly parentIdStr?: string | null };
  readonly _operationName: unknown;
  readonly _references: readonly Reference[];
  readonly _startTime: number;
  readonly _duration: number;
  readonly _tags: readonly ClientTag[];
  readonly _logs: readonly { readonly timestamp: number; readonly fields: readonly ClientTag[] }[];
}

/** A finished span and the service of the tracer that made it. */
export interface ReportedSpan {
  readonly service: string;
  readonly span: ClientSpan;
}

/** jaeger-client's Thrift. */
interface ThriftUtils {
  spanToThrift(span: ClientSpan): object;
  readonly _thrift: { readonly Span: { readonly rw: { toBuffer(span: object): Encoded } } };
}

interface Encoded {
  readonly err?: Error | null;
  readonly value: Buffer;
}

let thrift: ThriftUtils | undefined;

/** Writes as much of the span as there is room for before `end`. */
export function writeClientSpan(writer: ThriftWriter, { span }: ReportedSpan, end: number): boolean {
  thrift ??= loadPackage<{ default: ThriftUtils }>('jaeger-client/dist/src/thrift.js').default;
  const { spanToThrift, _thrift } = thrift;
  return writeWithin(writer, (extent) => {
    const { err, value } = _thrift.Span.rw.toBuffer(spanToThrift(encodable(span, extent)));
    if (err) throw err;
    if (writer.length + value.length > end) return false;
    writer.raw(value);
    return true;
  });
}

/** The span with one more log, at its end. */
export function withLog(span: ClientSpan, fields: Readonly<Record<string, unknown>>): ClientSpan {
  const timestamp = span._startTime + span._duration;
  const log = { timestamp, fields: Object.entries(fields).map(([key, value]) => ({ key, value })) };
  return {
    _spanContext: span._spanContext,
    _operationName: span._operationName,
    _references: span._references,
    _startTime: span._startTime,
    _duration: span._duration,
    _tags: span._tags,
    _logs: [...span._logs, log],
  };
}

function encodable(span: ClientSpan, { longestValue, note, ...extent }: Extent): ClientSpan {
  const values = (tags: readonly ClientTag[]): ClientTag[] =>
    tags.map(({ key, value }) => ({
      key: cut(textOf(key), LONGEST_NAME),
      value: clientValue(value, longestValue),
    }));
  const tags = extent.tags ? values(span._tags) : [];
  return {
    _spanContext: span._spanContext,
    _operationName: cut(textOf(span._operationName), LONGEST_NAME),
    _references: span._references.filter((reference) => isValid(reference.referencedContext())),
    _startTime: span._startTime,
    _duration: Math.max(span._duration, 0.001),
    _tags: note === undefined ? tags : [...tags, { key: CUT_TAG, value: note }],
    _logs: extent.logs
      ? span._logs.map(({ timestamp, fields }) => ({ timestamp, fields: values(fields) }))
      : [],
  };
}

/** jaeger-client writes bytes only of Buffers, and has no 64-bit integers. */
function clientValue(given: unknown, longest: number): unknown {
  const value = tagValue(given, longest);
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function isValid(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'isValid' in context && context.isValid === true;
}
