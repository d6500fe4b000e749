/**
 * Jaeger's own Thrift structs, as clients post them: one batch of finished spans of one process.
 * Source: https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift
 */
import { BinaryReader, THRIFT, type WireText } from './binary-reader.ts';
import { structReader } from './struct-reader.ts';

/** The values of `vType`. */
export const TAG_TYPE = { string: 0, double: 1, bool: 2, long: 3, binary: 4 } as const;
/** The values of `refType`. */
export const REF_TYPE = { childOf: 0, followsFrom: 1 } as const;

/** A tag, or a field of a log; only the value that `vType` names counts. */
export interface ThriftTag {
  key: WireText;
  vType: number;
  vStr?: WireText;
  vDouble?: number;
  vBool?: boolean;
  vLong?: bigint;
  vBinary?: Uint8Array;
}

/** Something that happened within a span; `timestamp` in microseconds since 1970. */
export interface ThriftLog {
  timestamp: bigint;
  fields: ThriftTag[];
}

/** A reference to another span. */
export interface ThriftReference {
  refType: number;
  traceIdLow: bigint;
  traceIdHigh: bigint;
  spanId: bigint;
}

/** A finished span; times in microseconds, a parent of 0 means none. */
export interface ThriftSpan {
  traceIdLow: bigint;
  traceIdHigh: bigint;
  spanId: bigint;
  parentSpanId: bigint;
  operationName: WireText;
  references?: ThriftReference[];
  flags: number;
  startTime: bigint;
  duration: bigint;
  tags?: ThriftTag[];
  logs?: ThriftLog[];
}

/** Who sent the batch. */
export interface ThriftProcess {
  serviceName: WireText;
  tags?: ThriftTag[];
}

/** What a client counted of its own losses. */
interface ThriftClientStats {
  fullQueueDroppedSpans: bigint;
  tooLargeDroppedSpans: bigint;
  failedToEmitSpans: bigint;
}

/** What one POST brings. */
export interface ThriftBatch {
  process: ThriftProcess;
  spans: ThriftSpan[];
  seqNo?: bigint;
  stats?: ThriftClientStats;
}

const { bool, double, i32, i64, list, string, struct } = THRIFT;

const readTag = structReader<ThriftTag>('Tag', {
  1: { name: 'key', type: string, read: (from) => from.text(), required: true },
  2: { name: 'vType', type: i32, read: (from) => from.i32(), required: true },
  3: { name: 'vStr', type: string, read: (from) => from.text() },
  4: { name: 'vDouble', type: double, read: (from) => from.double() },
  5: { name: 'vBool', type: bool, read: (from) => from.bool() },
  6: { name: 'vLong', type: i64, read: (from) => from.i64() },
  7: { name: 'vBinary', type: string, read: (from) => from.binary() },
});

const readTags = (from: BinaryReader) => from.structs(readTag);

const readLog = structReader<ThriftLog>('Log', {
  1: { name: 'timestamp', type: i64, read: (from) => from.i64(), required: true },
  2: { name: 'fields', type: list, read: readTags, required: true },
});

const readReference = structReader<ThriftReference>('SpanRef', {
  1: { name: 'refType', type: i32, read: (from) => from.i32(), required: true },
  2: { name: 'traceIdLow', type: i64, read: (from) => from.i64(), required: true },
  3: { name: 'traceIdHigh', type: i64, read: (from) => from.i64(), required: true },
  4: { name: 'spanId', type: i64, read: (from) => from.i64(), required: true },
});

const readSpan = structReader<ThriftSpan>('Span', {
  1: { name: 'traceIdLow', type: i64, read: (from) => from.i64(), required: true },
  2: { name: 'traceIdHigh', type: i64, read: (from) => from.i64(), required: true },
  3: { name: 'spanId', type: i64, read: (from) => from.i64(), required: true },
  4: { name: 'parentSpanId', type: i64, read: (from) => from.i64(), required: true },
  5: { name: 'operationName', type: string, read: (from) => from.text(), required: true },
  6: { name: 'references', type: list, read: (from) => from.structs(readReference) },
  7: { name: 'flags', type: i32, read: (from) => from.i32(), required: true },
  8: { name: 'startTime', type: i64, read: (from) => from.i64(), required: true },
  9: { name: 'duration', type: i64, read: (from) => from.i64(), required: true },
  10: { name: 'tags', type: list, read: readTags },
  11: { name: 'logs', type: list, read: (from) => from.structs(readLog) },
});

const readProcess = structReader<ThriftProcess>('Process', {
  1: { name: 'serviceName', type: string, read: (from) => from.text(), required: true },
  2: { name: 'tags', type: list, read: readTags },
});

const readClientStats = structReader<ThriftClientStats>('ClientStats', {
  1: { name: 'fullQueueDroppedSpans', type: i64, read: (from) => from.i64(), required: true },
  2: { name: 'tooLargeDroppedSpans', type: i64, read: (from) => from.i64(), required: true },
  3: { name: 'failedToEmitSpans', type: i64, read: (from) => from.i64(), required: true },
});

export const readBatch = structReader<ThriftBatch>('Batch', {
  1: { name: 'process', type: struct, read: readProcess, required: true },
  2: { name: 'spans', type: list, read: (from) => from.structs(readSpan), required: true },
  3: { name: 'seqNo', type: i64, read: (from) => from.i64() },
  4: { name: 'stats', type: struct, read: readClientStats },
});

/**
 * The batch at the start of `bytes`; what follows it is ignored, as in Jaeger.
 * @throws {ThriftError} where the bytes are not a whole batch
 */
export function decodeBatch(bytes: Uint8Array): ThriftBatch {
  return readBatch(new BinaryReader(bytes));
}
