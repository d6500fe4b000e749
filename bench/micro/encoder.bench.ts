/** Thrift: the project's encoder, and jaeger-client's on the same span. */
import { createRequire } from 'node:module';
import { writeSpan } from '#shared/tracing/thrift/span-encoding.ts';
import { ThriftWriter } from '#shared/tracing/thrift/thrift-writer.ts';
import { copyOfFinished, type FinishedSpan } from '#shared/tracing/tracer/finished-span.ts';
import type { Tags } from '#shared/tracing/tracer/tag-pairs.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';
import { CALL_TAGS, createLoopTracer } from './spans.ts';

interface ClientThrift {
  spanToThrift(span: object): object;
  _thrift: { Span: { rw: { toBuffer(span: object): { value: Buffer } } } };
}

const require = createRequire(import.meta.url);

const MOST_BYTES = 1024 * 1024;

const OWN_TAGS = { 'moleculer.node': 'users-1', 'moleculer.remote': true, 'moleculer.level': 1 };
const MANY_TAGS = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`tag.${i}`, `value ${i}`]));

function encode(ownTags: Tags) {
  return () => {
    let finished: FinishedSpan | undefined;
    const tracer = createLoopTracer(true, (span) => {
      finished = copyOfFinished(span);
    });
    const parent = tracer.startSpan('parent');
    tracer.startSpan('users.get', { childOf: parent, tags: CALL_TAGS }).addTags(ownTags).finish();
    const span = finished as FinishedSpan;
    const writer = new ThriftWriter();
    return (iterations: number) => {
      for (let i = 0; i < iterations; i++) {
        writer.truncate();
        writeSpan(writer, span, MOST_BYTES);
      }
    };
  };
}

function encodeByClient() {
  const client = require('jaeger-client') as typeof import('jaeger-client');
  const thrift = (require('jaeger-client/dist/src/thrift.js') as { default: ClientThrift }).default;
  const sampler = { type: 'const', param: 1 };
  const reporter = { report() {}, close() {}, setProcess() {} };
  const tracer = client.initTracer({ serviceName: 'users', sampler }, { reporter });
  const parent = tracer.startSpan('parent');
  const span = tracer.startSpan('users.get', { childOf: parent, tags: CALL_TAGS }).addTags(OWN_TAGS);
  span.finish();
  return (iterations: number) => {
    for (let i = 0; i < iterations; i++) thrift._thrift.Span.rw.toBuffer(thrift.spanToThrift(span));
  };
}

export const encoderBenchmarks: readonly MicroBenchmark[] = [
  { name: 'encode a span, 4 constant tags and 3 of its own', prepare: encode(OWN_TAGS) },
  { name: 'encode a span, 4 constant tags and 50 of its own', prepare: encode(MANY_TAGS) },
  { name: "the first span in jaeger-client's encoder", prepare: encodeByClient },
];
