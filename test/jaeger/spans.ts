/** Spans for tests, said in few words. */
import {
  REF_TYPE,
  type ThriftBatch,
  type ThriftReference,
  type ThriftSpan,
} from '../../jaeger/thrift/jaeger-batch.ts';
import { tag } from './thrift-writer.ts';

/** 2026-01-01T00:00:00Z in microseconds. */
export const START_US = 1_767_225_600_000_000;

/** A span of a test; what is left out is ordinary. */
export interface SpanWords {
  id: number;
  parent?: number;
  followsFrom?: number;
  operation: string;
  /** From {@link START_US}. */
  startUs?: number;
  durationUs?: number;
  tags?: Record<string, string | number | boolean | bigint>;
  logs?: { atUs: number; fields: Record<string, string | number | boolean> }[];
}

/** A batch of one service's spans of one trace. */
export function batchOf(traceId: bigint, service: string, spans: readonly SpanWords[]): ThriftBatch {
  return {
    process: { serviceName: service, tags: [tag('hostname', 'here')] },
    spans: spans.map((words) => spanOf(traceId, words)),
  };
}

function spanOf(traceId: bigint, words: SpanWords): ThriftSpan {
  const {
    id,
    parent = 0,
    followsFrom,
    operation,
    startUs = 0,
    durationUs = 1000,
    tags = {},
    logs = [],
  } = words;
  const halves = {
    traceIdLow: BigInt.asIntN(64, traceId),
    traceIdHigh: BigInt.asIntN(64, traceId >> 64n),
  };
  const references: ThriftReference[] =
    followsFrom === undefined
      ? []
      : [{ ...halves, refType: REF_TYPE.followsFrom, spanId: BigInt(followsFrom) }];
  return {
    ...halves,
    spanId: BigInt(id),
    parentSpanId: BigInt(parent),
    operationName: operation,
    references,
    flags: 1,
    startTime: BigInt(START_US + startUs),
    duration: BigInt(durationUs),
    tags: Object.entries(tags).map(([key, value]) => tag(key, value)),
    logs: logs.map(({ atUs, fields }) => ({
      timestamp: BigInt(START_US + atUs),
      fields: Object.entries(fields).map(([key, value]) => tag(key, value)),
    })),
  };
}
