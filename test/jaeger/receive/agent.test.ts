import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import test, { type ExecutionContext } from 'ava';
import type { Tracer } from 'opentracing';
import { createTracing } from '#shared/tracing/index.ts';
import { until } from '../../helpers/until.ts';
import { batchOf } from '../spans.ts';
import { type StandIn, startStandIn } from '../stand-in.ts';
import { i32, string, struct, writeBatch } from '../thrift-writer.ts';

const VERSION_1 = 0x80010000;
const ONE_WAY = 4;

/** A call of `method` with the batch as its argument, as clients send it. */
function message(batch: Uint8Array, { method = 'emitBatch' } = {}): Buffer {
  const head = Buffer.concat([i32(VERSION_1 | ONE_WAY), string(method), i32(0)]);
  return Buffer.concat([head, struct([1, 12, Buffer.from(batch)])]);
}

/** Sends datagrams, one after the other. */
async function send({ agentUrl = '' }: StandIn, ...datagrams: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(Number(new URL(agentUrl).port), '127.0.0.1');
  await once(socket, 'connect');
  for (const datagram of datagrams) await new Promise((resolve) => socket.send(datagram, resolve));
  socket.close();
}

/** The operations of a trace, once it is there. */
async function operationsOf(standIn: StandIn, traceId: string): Promise<string[]> {
  await until(async () => (await standIn.get(`/api/traces/${traceId}`)).status === 200);
  return (await standIn.trace(traceId)).spans.map(({ operationName }) => operationName);
}

test('spans that the library sends over UDP are taken', async (t) => {
  const standIn = await startStandIn(t);
  const agent = { host: '127.0.0.1', port: Number(new URL(standIn.agentUrl ?? '').port) };
  const tracing = createTracing({ service: 'udp', agent, env: {} });
  const span = tracing.tracerFor('udp').startSpan('over UDP');
  span.finish();
  t.deepEqual(await tracing.close({ deadlineMs: 5000 }), { sent: 1, dropped: 0 });
  t.deepEqual(await operationsOf(standIn, span.context().toTraceId()), ['over UDP']);
});

test("spans of jaeger-client's own sender are taken", async (t) => {
  const standIn = await startStandIn(t);
  const { initTracer } = createRequire(import.meta.url)('jaeger-client');
  const tracer: Tracer & { close(done: () => void): void } = initTracer({
    serviceName: 'usual',
    sampler: { type: 'const', param: 1 },
    reporter: { agentHost: '127.0.0.1', agentPort: Number(new URL(standIn.agentUrl ?? '').port) },
  });
  const span = tracer.startSpan('as usual');
  span.finish();
  await new Promise<void>((resolve) => tracer.close(resolve));
  t.deepEqual(await operationsOf(standIn, span.context().toTraceId()), ['as usual']);
});

const GOOD = writeBatch(batchOf(7n, 'udp', [{ id: 1, operation: 'good' }]));

/** Warnings, in place of those that fail a test. */
function collectWarnings(t: ExecutionContext) {
  const warnings: string[] = [];
  const logger = {
    error: () => t.fail(),
    warn: ({ err }: { err?: Error }, text: string) => warnings.push(`${text}: ${err?.message}`),
  };
  return { warnings, logger };
}

for (const [what, datagram, reason] of [
  ['nothing', Buffer.of(), 'cut short, with 0 of 4 bytes, at byte 0'],
  ['text', Buffer.from('hello, Jaeger'), "no message of Thrift's binary protocol, at byte 4"],
  ['a batch without a call', GOOD, "no message of Thrift's binary protocol, at byte 4"],
  [
    "a call of Thrift's compact protocol",
    Buffer.of(0x82, 0x81, 0, 9),
    "no message of Thrift's binary protocol, at byte 4",
  ],
  [
    'a call of something else',
    message(GOOD, { method: 'emitZipkinBatch' }),
    'a call of something else than emitBatch, at byte 23',
  ],
  [
    'a call without a batch',
    Buffer.concat([i32(VERSION_1 | ONE_WAY), string('emitBatch'), i32(0), struct()]),
    'emitBatch without its required batch, at byte 22',
  ],
  [
    'half a call',
    message(GOOD).subarray(0, 60),
    'cut short, with 0 of 1 bytes, at byte 60 in batch.process.tags[0]',
  ],
] as const) {
  test(`${what} in a datagram takes nothing from the next`, async (t) => {
    const { warnings, logger } = collectWarnings(t);
    const standIn = await startStandIn(t, { logger });
    await send(standIn, datagram, datagram, message(GOOD));
    t.deepEqual(await operationsOf(standIn, '7'), ['good']);
    t.deepEqual(warnings, [`datagrams that are no batch of spans are not taken: ${reason}`]);
  });
}

test('a stand-in that has closed has given up its port', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.close();
  const port = Number(new URL(standIn.agentUrl ?? '').port);
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  socket.close();
  t.pass();
});
