/** Writes Thrift binary for the tests' own batches: the reader's counterpart, and as careless as a test may be. */
import type {
  ThriftBatch,
  ThriftLog,
  ThriftProcess,
  ThriftReference,
  ThriftSpan,
  ThriftTag,
} from '../../jaeger/thrift/jaeger-batch.ts';
import { TAG_TYPE } from '../../jaeger/thrift/jaeger-batch.ts';

/** A field of a struct: its id, its type byte and its bytes. */
export type Field = [id: number, type: number, bytes: Buffer];

/** The bytes of a number. */
export const i16 = (value: number) => numeric(2, (buffer) => buffer.writeInt16BE(value));
export const i32 = (value: number) => numeric(4, (buffer) => buffer.writeInt32BE(value));
export const i64 = (value: bigint) => numeric(8, (buffer) => buffer.writeBigInt64BE(value));
const double = (value: number) => numeric(8, (buffer) => buffer.writeDoubleBE(value));

function numeric(size: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}

/** A string, of text or of bytes. */
export function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([i32(bytes.length), bytes]);
}

/** A struct of these fields. */
export function struct(...fields: (Field | false)[]): Buffer {
  const parts = fields.flatMap((field) => {
    if (field === false) return [];
    const [id, type, bytes] = field;
    return [Buffer.from([type]), i16(id), bytes];
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** A list of elements of one type. */
export function list(type: number, elements: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([type]), i32(elements.length), ...elements]);
}

/** A list of structs, as a field; left out where there is none. */
function structs<T>(id: number, items: readonly T[] | undefined, write: (item: T) => Buffer): Field | false {
  return items !== undefined && [id, 15, list(12, items.map(write))];
}

/** The whole batch, as a client posts it. */
export function writeBatch({ process, spans }: ThriftBatch): Buffer {
  return struct([1, 12, writeProcess(process)], [2, 15, list(12, spans.map(writeSpan))]);
}

function writeProcess({ serviceName, tags }: ThriftProcess): Buffer {
  return struct([1, 11, string(serviceName)], structs(2, tags, writeTag));
}

/** One span. */
export function writeSpan(span: ThriftSpan): Buffer {
  return struct(
    [1, 10, i64(span.traceIdLow)],
    [2, 10, i64(span.traceIdHigh)],
    [3, 10, i64(span.spanId)],
    [4, 10, i64(span.parentSpanId)],
    [5, 11, string(span.operationName)],
    structs(6, span.references, writeReference),
    [7, 8, i32(span.flags)],
    [8, 10, i64(span.startTime)],
    [9, 10, i64(span.duration)],
    structs(10, span.tags, writeTag),
    structs(11, span.logs, writeLog),
  );
}

function writeReference(reference: ThriftReference): Buffer {
  return struct(
    [1, 8, i32(reference.refType)],
    [2, 10, i64(reference.traceIdLow)],
    [3, 10, i64(reference.traceIdHigh)],
    [4, 10, i64(reference.spanId)],
  );
}

function writeLog({ timestamp, fields }: ThriftLog): Buffer {
  return struct([1, 10, i64(timestamp)], [2, 15, list(12, fields.map(writeTag))]);
}

function writeTag(tag: ThriftTag): Buffer {
  return struct(
    [1, 11, string(tag.key)],
    [2, 8, i32(tag.vType)],
    tag.vStr !== undefined && [3, 11, string(tag.vStr)],
    tag.vDouble !== undefined && [4, 4, double(tag.vDouble)],
    tag.vBool !== undefined && [5, 2, Buffer.from([tag.vBool ? 1 : 0])],
    tag.vLong !== undefined && [6, 10, i64(tag.vLong)],
    tag.vBinary !== undefined && [7, 11, string(tag.vBinary)],
  );
}

/** A tag of the type that its value has; whole numbers are int64. */
export function tag(key: string, value: string | number | boolean | bigint): ThriftTag {
  if (typeof value === 'string') return { key, vType: TAG_TYPE.string, vStr: value };
  if (typeof value === 'boolean') return { key, vType: TAG_TYPE.bool, vBool: value };
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    return { key, vType: TAG_TYPE.double, vDouble: value };
  return { key, vType: TAG_TYPE.long, vLong: BigInt(value) };
}
