import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import {
  createHttpReporter,
  type HttpReporterOptions,
  type Reporter,
} from '#shared/tracing/reporter/reporter.ts';
import { until } from '../../../helpers/until.ts';
import {
  accept,
  answer,
  type Behaviour,
  batch,
  type Collector,
  hang,
  ids,
  startCollector,
} from './collector.ts';
import { ManualClock } from './manual-clock.ts';
import { passTimeUntil } from './pass-time.ts';

function createReporter(collector: Collector, options: Partial<HttpReporterOptions> = {}): Reporter {
  return createHttpReporter({
    endpoint: collector.endpoint,
    contentType: 'application/x-thrift',
    ...options,
  });
}

/** A reporter whose time stands still, and waits each time as long as it may. */
async function startManual(
  t: ExecutionContext,
  { behave, ...options }: Partial<HttpReporterOptions> & { behave?: Behaviour } = {},
) {
  const clock = new ManualClock();
  const collector = await startCollector(t, behave);
  const reporter = createReporter(collector, { clock, random: () => 1, ...options });
  t.teardown(() => reporter.close({ deadlineMs: 0 }));
  const passUntil = (holds: () => boolean) => passTimeUntil(holds, { clock, reporter, collector });
  return { clock, collector, reporter, passUntil };
}

test('every batch arrives once, over at most two requests at a time', async (t) => {
  const collector = await startCollector(t);
  const reporter = createReporter(collector);
  for (const id of ids(100)) reporter.send(batch(id, { spans: 50 }));
  t.like(reporter.stats(), { given: 5_000, sent: 0, queued: { spans: 5_000, bytes: 10_000 } });
  t.deepEqual(await reporter.close({ deadlineMs: 10_000 }), { sent: 5_000, dropped: 0, spooled: 0 });
  t.deepEqual([...collector.arrived.keys()].sort(), ids(100).sort());
  t.true([...collector.arrived.values()].every((times) => times === 1));
  t.true(collector.mostOpen <= 2);
});

test('two requests may be open, and no more, once the collector has answered', async (t) => {
  const { collector, reporter, passUntil } = await startManual(t);
  reporter.send(batch(0));
  await passUntil(() => reporter.stats().sent === 1);
  collector.behave = hang;
  for (const id of ids(10)) reporter.send(batch(id));
  await until(() => collector.hanging.size === 2);
  t.like(reporter.stats(), { queued: { spans: 10 }, requests: { open: 2 } });
});

test('it opens nothing before the first batch, and nothing to close', async (t) => {
  const { clock, collector, reporter } = await startManual(t);
  t.deepEqual(await reporter.close({ deadlineMs: 1_000 }), { sent: 0, dropped: 0, spooled: 0 });
  t.is(clock.timers, 0);
  t.is(collector.requests.length, 0);
});

test('it sends without being told to', async (t) => {
  const collector = await startCollector(t);
  const reporter = createReporter(collector);
  t.is(reporter.stats().collector, 'unknown');
  reporter.send(batch(1));
  await until(() => reporter.stats().sent === 1);
  t.like(reporter.stats(), {
    collector: 'up',
    queued: { spans: 0, bytes: 0 },
    requests: { open: 0, accepted: 1 },
  });
});

test('a batch that fails is sent again, after waits that double up to ten seconds', async (t) => {
  const { clock, collector, reporter, passUntil } = await startManual(t);
  const times: number[] = [];
  collector.behave = (request, response) => {
    times.push(clock.now());
    answer(500)(request, response, collector);
  };
  reporter.send(batch(1));
  await passUntil(() => times.length === 10);
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  t.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  t.like(reporter.stats(), { collector: 'away', dropped: 0 });
});

test('the waits are anything up to that, as chance will have it', async (t) => {
  const { clock, collector, reporter, passUntil } = await startManual(t, {
    behave: answer(500),
    random: () => 0.5,
  });
  const start = clock.now();
  reporter.send(batch(1));
  await passUntil(() => collector.requests.length === 3);
  t.is(clock.now() - start, 125 + 250);
});

test('Retry-After is honoured, in seconds and as a date', async (t) => {
  for (const format of [
    (seconds: number) => `${seconds}`,
    (seconds: number, now: number) => new Date(now + seconds * 1000).toUTCString(),
  ]) {
    const { clock, collector, reporter, passUntil } = await startManual(t, { random: () => 0 });
    collector.behave = answer(503, { 'retry-after': format(20, clock.now()) });
    const start = clock.now();
    reporter.send(batch(1));
    await passUntil(() => collector.requests.length === 2);
    t.is(clock.now() - start, 20_000);
  }
});

/** Two requests that were open together, ended one after the other: how long until the next. */
async function measureWait(t: ExecutionContext, ...ends: ((response: ServerResponse) => void)[]) {
  const { clock, collector, reporter, passUntil } = await startManual(t, { random: () => 0 });
  reporter.send(batch(0));
  await until(() => reporter.stats().sent === 1);
  collector.behave = hang;
  for (const id of ids(ends.length)) reporter.send(batch(id));
  await until(() => collector.hanging.size === ends.length);
  collector.behave = accept;
  const start = clock.now();
  for (const end of ends) {
    const { open } = reporter.stats().requests;
    for (const response of [...collector.hanging].slice(0, 1)) end(response);
    await until(() => reporter.stats().requests.open === open - 1);
  }
  await passUntil(() => collector.requests.length > 1 + ends.length);
  return clock.now() - start;
}

test('a Retry-After is honoured whatever becomes of the request beside it', async (t) => {
  const ask = (response: ServerResponse) => response.writeHead(429, { 'retry-after': '20' }).end();
  const take = (response: ServerResponse) => response.writeHead(202).end();
  const breakOff = (response: ServerResponse) => response.destroy();
  t.is(await measureWait(t, ask, take), 20_000);
  t.is(await measureWait(t, breakOff, ask), 20_000);
  t.is(await measureWait(t, ask, breakOff), 20_000);
  t.is(await measureWait(t, ask, ask), 20_000);
});

test('a Retry-After of a year is a minute', async (t) => {
  const { clock, collector, reporter, passUntil } = await startManual(t, {
    behave: answer(429, { 'retry-after': '31536000' }),
    random: () => 0,
  });
  const start = clock.now();
  reporter.send(batch(1));
  await passUntil(() => collector.requests.length === 2);
  t.is(clock.now() - start, 60_000);
});

for (const status of [408, 429, 500, 502, 503, 504])
  test(`${status} is tried again`, async (t) => {
    const { collector, reporter, passUntil } = await startManual(t, { behave: answer(status) });
    reporter.send(batch(1));
    await passUntil(() => collector.requests.length === 3);
    collector.behave = (request, response) => collector.read(request, () => response.end());
    await passUntil(() => reporter.stats().sent === 1);
    t.is(collector.arrived.get('1'), 1);
    t.like(reporter.stats(), { dropped: 0, requests: { failed: 3, accepted: 1, retried: 3 } });
  });

for (const status of [301, 400, 401, 403, 404, 413])
  test(`${status} is not`, async (t) => {
    const { clock, collector, reporter, passUntil } = await startManual(t, { behave: answer(status) });
    reporter.send(batch(1, { spans: 7 }));
    await passUntil(() => reporter.stats().dropped === 7);
    clock.advance(3_600_000);
    t.is(collector.requests.length, 1);
    t.like(reporter.stats(), { droppedBy: { rejected: 7 }, queued: { spans: 0, bytes: 0 } });
  });

test('while the collector is away there is one probe at a time', async (t) => {
  const { collector, reporter, passUntil } = await startManual(t, { behave: hang });
  for (const id of ids(20)) reporter.send(batch(id));
  await passUntil(() => collector.requests.length === 10);
  t.is(collector.mostOpen, 1);
});

test('when it is back, what has piled up is sent at a bounded rate', async (t) => {
  const { clock, collector, reporter, passUntil } = await startManual(t, {
    behave: answer(503),
    drainBytesPerSecond: 100_000,
  });
  for (const id of ids(30)) reporter.send(batch(id, { bytes: 10_000 }));
  await passUntil(() => collector.requests.length === 3);
  collector.behave = (request, response) => collector.read(request, () => response.end());
  const start = clock.now();
  await passUntil(() => reporter.stats().sent === 30);
  const tookMs = clock.now() - start;
  t.true(tookMs >= 29 * 100 && tookMs < 29 * 100 + 2_000, `${tookMs} ms`);
});

test('once that is gone, the rate no longer matters', async (t) => {
  const { clock, reporter, passUntil } = await startManual(t, { drainBytesPerSecond: 1 });
  reporter.send(batch(0));
  await passUntil(() => reporter.stats().sent === 1);
  const start = clock.now();
  for (const id of ids(10)) reporter.send(batch(id));
  await passUntil(() => reporter.stats().sent === 11);
  t.is(clock.now(), start);
});

test('when memory is full the oldest are dropped, counted and logged once', async (t) => {
  const lines: object[] = [];
  const logger = { debug: () => {}, warn: (fields: object) => lines.push(fields) };
  const { collector, reporter, passUntil } = await startManual(t, {
    behave: hang,
    maxQueueBytes: 20_000,
    logger,
  });
  for (const id of ids(100)) reporter.send(batch(id, { bytes: 1_000, spans: 2 }));
  const { droppedBy, queued } = reporter.stats();
  t.true(queued.bytes <= 20_000);
  t.deepEqual(lines, [{ reason: 'queue_full', spans: 2 }]);
  t.is(droppedBy.queue_full + queued.spans, 200);
  collector.behave = (request, response) => collector.read(request, () => response.end());
  await passUntil(() => reporter.stats().queued.spans === 0);
  // The first was on its way when memory filled up; else the newest are left.
  t.deepEqual(
    [...collector.arrived.keys()].map(Number).sort((a, b) => a - b),
    [0, ...ids(100).slice(-14).map(Number)],
  );
});

test('a number of spans bounds the queue where one is given', async (t) => {
  const { reporter } = await startManual(t, { behave: hang, maxQueueSpans: 100 });
  for (const id of ids(50)) reporter.send(batch(id, { spans: 10 }));
  t.like(reporter.stats(), { queued: { spans: 110 }, droppedBy: { queue_full: 390 } });
});

test('a batch over 20 MiB is dropped, counted, and takes no other with it', async (t) => {
  const collector = await startCollector(t);
  const reporter = createReporter(collector);
  reporter.send({ bytes: Buffer.alloc(20 * 1024 * 1024 + 1), spans: 9 });
  reporter.send(batch(1));
  t.deepEqual(await reporter.close({ deadlineMs: 10_000 }), { sent: 1, dropped: 9, spooled: 0 });
  t.is(reporter.stats().droppedBy.too_large, 9);
});

test('a batch that the collector breaks down over does not hold up the others, and is given up', async (t) => {
  const { collector, reporter, passUntil } = await startManual(t);
  collector.behave = (request, response) => {
    if (request.headers['content-length'] === '666') answer(500)(request, response, collector);
    else collector.read(request, () => response.end());
  };
  reporter.send(batch('poison', { bytes: 666, spans: 3 }));
  for (const id of ids(50)) reporter.send(batch(id));
  await passUntil(() => reporter.stats().sent === 50);
  for (let id = 50; reporter.stats().dropped === 0 && id < 1_000; id += 1) {
    const { failed } = reporter.stats().requests;
    reporter.send(batch(id));
    await passUntil(() => reporter.stats().requests.failed > failed || reporter.stats().dropped > 0);
  }
  t.like(reporter.stats(), { dropped: 3, droppedBy: { rejected: 3 } });
});

test('what is given after the close is dropped and counted', async (t) => {
  const collector = await startCollector(t);
  const reporter = createReporter(collector);
  await reporter.close({ deadlineMs: 1_000 });
  t.notThrows(() => reporter.send(batch(1, { spans: 4 })));
  t.like(reporter.stats(), { given: 4, droppedBy: { closed: 4 }, queued: { spans: 0 } });
});

test('changes of the collector are logged at debug, once each, without its user info', async (t) => {
  const lines: string[] = [];
  const logger = {
    debug: (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`),
    warn: () => {},
  };
  const collector = await startCollector(t, answer(503, {}, 'restarting'));
  const clock = new ManualClock();
  const endpoint = collector.endpoint.replace('//', '//user:secret@');
  const reporter = createReporter(collector, { clock, logger, endpoint });
  t.teardown(() => reporter.close({ deadlineMs: 0 }));
  reporter.send(batch(1));
  const { host } = new URL(endpoint);
  await passTimeUntil(() => collector.requests.length === 5, { clock, reporter, collector });
  collector.behave = (request, response) => collector.read(request, () => response.end());
  await passTimeUntil(() => reporter.stats().sent === 1, { clock, reporter, collector });
  t.deepEqual(lines, [
    `collector away {"collector":"${host}/api/traces","state":"away","detail":"answered 503: restarting"}`,
    `collector up {"collector":"${host}/api/traces","state":"up"}`,
  ]);
});

test('a collector that has never taken spans is warned of once, one that goes away later is not', async (t) => {
  const lines: string[] = [];
  const warn = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const { collector, reporter, passUntil } = await startManual(t, {
    behave: answer(503, {}, 'restarting'),
    logger: { debug: () => {}, warn },
  });
  reporter.send(batch(1));
  await passUntil(() => collector.requests.length === 3);
  collector.behave = (request, response) => collector.read(request, () => response.end());
  await passUntil(() => reporter.stats().sent === 1);
  collector.behave = answer(503);
  reporter.send(batch(2));
  await passUntil(() => reporter.stats().collector === 'away');
  const { host } = new URL(collector.endpoint);
  t.deepEqual(lines, [
    `no collector has taken spans yet, they wait {"detail":"${host}/api/traces: answered 503: restarting"}`,
  ]);
});

test('a drain waits for a collector that hangs, and not long for one that is away', async (t) => {
  const { clock, collector, reporter } = await startManual(t, { behave: hang });
  reporter.send(batch(1));
  await until(() => collector.hanging.size === 1);
  const waited = async (): Promise<number> => {
    const start = clock.now();
    let isOver = false;
    const drained = reporter.drain({ deadlineMs: 2000 }).then(() => {
      isOver = true;
    });
    while (!isOver) {
      clock.advance(100);
      await nextTurn();
    }
    await drained;
    return clock.now() - start;
  };
  t.is(await waited(), 2000);
  await collector.close();
  await until(() => reporter.stats().collector === 'away');
  t.is(await waited(), 500);
});

test('whoever hands over a batch does not lend its async context', async (t) => {
  const context = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const logger = { debug: () => seen.push(context.getStore()), warn: () => seen.push(context.getStore()) };
  const collector = await startCollector(t, answer(400));
  const reporter = createReporter(collector, { logger, maxPayloadBytes: 1_000 });
  context.run('a request', () => {
    reporter.send(batch(1));
    reporter.send(batch(2, { bytes: 2_000 }));
  });
  await until(() => reporter.stats().dropped === 2);
  t.deepEqual(new Set(seen), new Set([undefined]));
});

const badOptions: [options: Partial<HttpReporterOptions>, message: RegExp][] = [
  [{ endpoint: 'collector:14268' }, /endpoint must be an http or https URL, not "collector:14268"/],
  [
    { endpoint: 'http://user:secret@host:port/' },
    /endpoint must be an http or https URL, not "http:\/\/\*\*\*@host/,
  ],
  [{ endpoint: 'user:secret@host' }, /endpoint must be an http or https URL, not "\*\*\*@host"/],
  [{ endpoint: 'ftp://collector/' }, /endpoint must be/],
  [{ contentType: 'a\nb' }, /Invalid character in header content/],
  [{ headers: { 'bad name': '' } }, /Header name must be a valid HTTP token/],
  [{ maxQueueBytes: 0 }, /maxQueueBytes must be a positive number, not 0/],
  [{ responseTimeoutMs: Number.NaN }, /responseTimeoutMs must be a positive number, not NaN/],
  [{ maxQueueSpans: -1 }, /maxQueueSpans must be a positive number, not -1/],
];

for (const [options, message] of badOptions)
  test(`refuses ${JSON.stringify(options)}`, (t) => {
    const good = { endpoint: 'http://127.0.0.1:14268/', contentType: 'application/x-thrift' };
    t.throws(() => createHttpReporter({ ...good, ...options }), { instanceOf: TypeError, message });
  });
