/** A broker's stop sends the spans that are there, and is not the end of the tracing. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { createTracing, inSpan } from '#shared/tracing/index.ts';

test.serial('spans are out when the broker has stopped, and those made later follow', async (t) => {
  let received = 0;
  const collector = createServer((request, response) => {
    received++;
    request.resume().on('end', () => response.writeHead(202).end());
  }).listen(0, '127.0.0.1');
  t.teardown(() => collector.close());
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;

  const endpoint = `http://127.0.0.1:${port}/api/traces`;
  const tracing = createTracing({ service: 'gateway', endpoint, flushIntervalMs: 60_000, env: {} });
  const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
  broker.createService({ name: 'hello', actions: { greet: () => 'hello' } });
  await broker.start();
  await broker.call('hello.greet');
  t.is(received, 0);
  await broker.stop();
  t.is(tracing.stats().sent, 2);

  inSpan('afterwards', {}, () => {});
  t.like(await tracing.close(), { sent: 3, dropped: 0 });
});

test.serial('a collector that is away hardly holds up the stop', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  const logger = { debug() {}, info() {}, warn() {} };
  const endpoint = `http://127.0.0.1:${port}/api/traces`;
  const tracing = createTracing({ service: 'gateway', endpoint, env: {}, logger });
  const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
  broker.createService({ name: 'hello', actions: { greet: () => 'hello' } });
  await broker.start();
  await broker.call('hello.greet');
  const start = performance.now();
  await broker.stop();
  t.true(performance.now() - start < 1900);
  t.is(tracing.stats().queued, 2);
  t.like(await tracing.close({ deadlineMs: 50 }), { sent: 0, dropped: 2 });
});
