/** The tracers that the suite runs over: those of every backend, and one that an application brings along. */
import { createRequire } from 'node:module';
import type { ExecutionContext } from 'ava';
import type { Tracer } from 'opentracing';
import { createBackend } from '#shared/tracing/backends/create-backend.ts';
import type { MemoryBackend, RecordedSpan } from '#shared/tracing/backends/memory.ts';
import { readSettings } from '#shared/tracing/settings.ts';
import type { SamplerSettings } from '#shared/tracing/tracer/sampling.ts';
import type { ThriftSpan, ThriftTag } from '../../jaeger/thrift/jaeger-batch.ts';
import { tagValueOf } from '../helpers/decoded-thrift.ts';
import { startThriftCollector } from '../helpers/thrift-collector.ts';

/** What all of them can be asked for afterwards. */
export type SeenSpan = Pick<
  RecordedSpan,
  'operation' | 'traceId' | 'spanId' | 'parentId' | 'references' | 'startUs' | 'durationUs' | 'tags' | 'logs'
>;

export interface TracerUnderTest {
  readonly tracer: Tracer;
  /** The spans as they arrived where they were sent; ends the tracer. */
  arrived(): Promise<SeenSpan[]>;
}

export type TracerName = 'jaeger' | 'jaeger-client' | 'memory' | 'custom';

export const TRACERS: readonly TracerName[] = ['jaeger', 'jaeger-client', 'memory', 'custom'];

const require = createRequire(import.meta.url);

/** A tracer, with a collector of its own where it needs one. */
export async function createTracer(
  t: ExecutionContext,
  name: TracerName,
  sampler: SamplerSettings = { type: 'const', param: 1 },
): Promise<TracerUnderTest> {
  const collector = await startThriftCollector(t);
  const backend = name === 'custom' ? plainClient(collector.endpoint, sampler) : name;
  const { endpoint } = collector;
  const created = createBackend(
    readSettings({ service: 'conformance', backend, sampler, endpoint, env: {} }),
  );
  t.teardown(() => created.close({ deadlineMs: 5000 }));
  return {
    tracer: created.createTracer('conformance'),
    arrived: async () => {
      await created.close({ deadlineMs: 5000 });
      return name === 'memory' ? (created as MemoryBackend).spans : collector.spans().map(fromThrift);
    },
  };
}

/** jaeger-client with nothing of ours, as an application may have it already. */
function plainClient(collectorEndpoint: string, sampler: SamplerSettings) {
  const client = require('jaeger-client') as { initTracer(config: object, options: object): Tracer };
  return (serviceName: string): Tracer =>
    client.initTracer({ serviceName, sampler, reporter: { collectorEndpoint } }, { traceId128bit: true });
}

function fromThrift(span: ThriftSpan): SeenSpan {
  const hex = (id: bigint): string => BigInt.asUintN(64, id).toString(16).padStart(16, '0');
  return {
    operation: span.operationName as string,
    traceId: hex(span.traceIdHigh) + hex(span.traceIdLow),
    spanId: hex(span.spanId),
    parentId: span.parentSpanId === 0n ? undefined : hex(span.parentSpanId),
    references: (span.references ?? []).map(({ refType, traceIdHigh, traceIdLow, spanId }) => ({
      type: refType === 0 ? 'child_of' : 'follows_from',
      traceId: hex(traceIdHigh) + hex(traceIdLow),
      spanId: hex(spanId),
    })),
    startUs: Number(span.startTime),
    durationUs: Number(span.duration),
    tags: byName(span.tags),
    logs: (span.logs ?? []).map(({ timestamp, fields }) => ({
      timeUs: Number(timestamp),
      fields: byName(fields),
    })),
  };
}

function byName(tags: readonly ThriftTag[] = []): Record<string, unknown> {
  return Object.fromEntries(
    tags.map((tag) => {
      const value = tagValueOf(tag);
      return [tag.key, typeof value === 'bigint' ? Number(value) : value];
    }),
  );
}
