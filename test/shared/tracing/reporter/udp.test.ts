import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { createUdpReporter } from '#shared/tracing/reporter/reporter.ts';
import { until } from '../../../helpers/until.ts';
import { batch, ids } from './collector.ts';
import { ManualClock } from './manual-clock.ts';

async function startAgent(t: ExecutionContext, port = 0) {
  const received: Buffer[] = [];
  const senders: RemoteInfo[] = [];
  const socket = createSocket('udp4');
  t.teardown(() => closeOnce(socket));
  socket.on('message', (message, sender) => {
    received.push(message);
    senders.push(sender);
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return { host: '127.0.0.1', port: socket.address().port, received, senders, socket };
}

function closeOnce(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // The test has closed it.
  }
}

test('each payload is one datagram', async (t) => {
  const agent = await startAgent(t);
  const reporter = createUdpReporter(agent);
  reporter.send(batch('a', { spans: 2 }));
  reporter.send(batch('b', { spans: 3 }));
  t.deepEqual(await reporter.close({ deadlineMs: 5_000 }), { sent: 5, dropped: 0, spooled: 0 });
  await until(() => agent.received.length === 2);
  t.deepEqual(agent.received, [batch('a').bytes, batch('b').bytes].map(Buffer.from));
});

test('40 spans of 20 KB and then a close: all arrive', async (t) => {
  const agent = await startAgent(t);
  const reporter = createUdpReporter(agent);
  for (const id of ids(14)) reporter.send(batch(id, { spans: 3, bytes: 60_000 }));
  t.like(await reporter.close({ deadlineMs: 10_000 }), { sent: 42, dropped: 0 });
  await until(() => agent.received.length === 14);
});

test('a payload too large for a datagram is dropped and counted, and takes no other with it', async (t) => {
  const agent = await startAgent(t);
  const reporter = createUdpReporter(agent);
  reporter.send(batch('large', { spans: 7, bytes: 65_001 }));
  reporter.send(batch('fits', { spans: 1, bytes: 65_000 }));
  t.like(await reporter.close({ deadlineMs: 5_000 }), { sent: 1, dropped: 7 });
  t.is(reporter.stats().droppedBy.too_large, 7);
});

test('what the kernel finds too large is counted as that', async (t) => {
  const agent = await startAgent(t);
  const reporter = createUdpReporter({ ...agent, maxDatagramBytes: 100_000 });
  reporter.send(batch('large', { spans: 7, bytes: 70_000 }));
  reporter.send(batch('fits'));
  t.like(await reporter.close({ deadlineMs: 5_000 }), { sent: 1, dropped: 7 });
  t.is(reporter.stats().droppedBy.too_large, 7);
});

test('it sends no faster than a receiver reads', async (t) => {
  const clock = new ManualClock();
  const agent = await startAgent(t);
  const reporter = createUdpReporter({ ...agent, clock, bytesPerSecond: 10_000 });
  for (const id of ids(3)) reporter.send(batch(id, { bytes: 1_000 }));
  await until(() => reporter.stats().sent === 1 && clock.timers === 1);
  t.is(clock.nextInMs, 100);
  clock.advance(100);
  await until(() => reporter.stats().sent === 2 && clock.timers === 1);
  clock.advance(100);
  await until(() => reporter.stats().sent === 3);
});

test('a close ends with the last datagram, and not with the pause that would come before another', async (t) => {
  const clock = new ManualClock();
  const agent = await startAgent(t);
  const reporter = createUdpReporter({ ...agent, clock, bytesPerSecond: 1 });
  reporter.send(batch('last', { bytes: 1_000 }));
  t.like(await reporter.close({ deadlineMs: 5_000 }), { sent: 1, dropped: 0 });
  t.is(clock.timers, 0);
});

test('what waits is bounded, and the oldest make room', async (t) => {
  const clock = new ManualClock();
  const agent = await startAgent(t);
  const reporter = createUdpReporter({ ...agent, clock, bytesPerSecond: 1, maxQueueBytes: 20_000 });
  for (const id of ids(50)) reporter.send(batch(id, { bytes: 1_000 }));
  const { queued, droppedBy } = reporter.stats();
  t.true(queued.bytes <= 20_000);
  t.is(queued.spans + droppedBy.queue_full, 50);
  const closing = reporter.close({ deadlineMs: 1_000 });
  clock.advance(1_000);
  const { sent, dropped } = await closing;
  t.is(sent + dropped, 50);
  t.is(clock.timers, 0);
});

test('a number of spans bounds what waits where one is given', async (t) => {
  const clock = new ManualClock();
  const agent = await startAgent(t);
  const reporter = createUdpReporter({ ...agent, clock, bytesPerSecond: 1, maxQueueSpans: 10 });
  for (const id of ids(50)) reporter.send(batch(id));
  t.is(reporter.stats().droppedBy.queue_full, 50 - 1 - 10, 'one is on its way');
  const closing = reporter.close({ deadlineMs: 1 });
  clock.advance(1);
  await closing;
});

test('an agent that is away loses what is sent meanwhile, and gets what comes after', async (t) => {
  const agent = await startAgent(t);
  const reporter = createUdpReporter(agent);
  reporter.send(batch('before'));
  await until(() => agent.received.length === 1);
  agent.socket.close();
  await once(agent.socket, 'close');
  for (const id of ids(5)) {
    const { sent } = reporter.stats();
    reporter.send(batch(id));
    await until(() => reporter.stats().sent > sent);
  }
  // Another socket of this machine may have been given the free port meanwhile; it has it for moments.
  let back: Awaited<ReturnType<typeof startAgent>> | undefined;
  await until(async () => {
    back = await startAgent(t, agent.port).catch(() => undefined);
    return back !== undefined;
  });
  reporter.send(batch('after'));
  await until(() => back?.received.some((message) => message.toString().startsWith('after ')) ?? false);
  t.like(await reporter.close({ deadlineMs: 5_000 }), { dropped: 0 });
});

test('its socket is no open port: others cannot reach it', async (t) => {
  const agent = await startAgent(t);
  const reporter = createUdpReporter(agent);
  reporter.send(batch(1));
  await until(() => agent.senders.length === 1);
  const stranger = createSocket('udp4');
  t.teardown(() => closeOnce(stranger));
  const refused = once(stranger, 'error');
  stranger.connect(agent.senders[0]?.port ?? 0, '127.0.0.1');
  await once(stranger, 'connect');
  stranger.send('knock');
  const [error] = await refused;
  t.is(error.code, 'ECONNREFUSED');
  await reporter.close({ deadlineMs: 0 });
});

test('a name that does not resolve costs drops, counted and logged, and no more', async (t) => {
  const lines: object[] = [];
  const logger = { debug: () => {}, warn: (fields: object) => lines.push(fields) };
  const reporter = createUdpReporter({ host: 'no-such-host.invalid', port: 6832, logger });
  reporter.send(batch(1, { spans: 4 }));
  await until(() => reporter.stats().dropped === 4);
  t.is(reporter.stats().droppedBy.unsendable, 4);
  t.regex(JSON.stringify(lines), /"reason":"unsendable".*(ENOTFOUND|EAI_AGAIN)/);
});

test('closed, it drops and counts, and a second close says the same', async (t) => {
  const agent = await startAgent(t);
  const reporter = createUdpReporter(agent);
  const closing = reporter.close({ deadlineMs: 0 });
  t.is(reporter.close({ deadlineMs: 1_000 }), closing);
  t.deepEqual(await closing, { sent: 0, dropped: 0, spooled: 0 });
  t.notThrows(() => reporter.send(batch(1)));
  t.notThrows(() => reporter.saveNow());
  t.like(reporter.stats(), { given: 1, droppedBy: { closed: 1 } });
});
