import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { createBackend } from '#shared/tracing/backends/create-backend.ts';
import type { TracingOptions } from '#shared/tracing/options.ts';
import { readSettings } from '#shared/tracing/settings.ts';
import { decoded, tagValueOf } from '../../../helpers/decoded-thrift.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { startAgent, startThriftCollector } from '../../../helpers/thrift-collector.ts';
import { until } from '../../../helpers/until.ts';
import { accept, hang, startCollector } from '../reporter/collector.ts';

const NOWHERE = 'http://127.0.0.1:1/api/traces';

function createQuietBackend(options: TracingOptions, lines: string[] = []) {
  const log = (line: string) => lines.push(line);
  const logger = { debug: log, info: log, warn: log };
  return createBackend(readSettings({ service: 'users', logger, env: {}, ...options }));
}

for (const backend of ['jaeger', 'jaeger-client'] as const) {
  test(`${backend}: spans reach the collector, and the account says so`, async (t) => {
    const collector = await startThriftCollector(t);
    const created = createQuietBackend({ backend, endpoint: collector.endpoint, tags: { region: 'north' } });
    created.describeProcess?.({ 'node.id': 'users-1', region: 'south' });
    const users = created.createTracer('users');
    const parent = users.startSpan('parent');
    created.createTracer('hello').startSpan('child', { childOf: parent }).finish();
    t.like(created.stats(), { started: 2, finished: 1, unfinished: 1, sent: 0, queued: 1 });
    t.true(created.stats().queuedBytes > 0);
    parent.finish();
    t.deepEqual(await created.close({ deadlineMs: 5000 }), { sent: 2, dropped: 0 });

    t.like(created.stats(), { started: 2, finished: 2, unfinished: 0, sent: 2, queued: 0, queuedBytes: 0 });
    t.deepEqual(collector.batches.map(({ process }) => process.serviceName).sort(), ['hello', 'users']);
    for (const { process } of collector.batches) {
      const tags = new Map(process.tags?.map((tag) => [tag.key, tagValueOf(tag)]));
      for (const name of ['hostname', 'ip', 'jaeger.version', 'pid']) t.true(tags.has(name), name);
      t.is(tags.get('node.id'), 'users-1');
      t.is(tags.get('region'), 'north', 'what is set by the settings stays');
    }
    t.true(collector.headers.every((headers) => headers['content-type'] === 'application/x-thrift'));
  });

  test(`${backend}: spans reach an agent over UDP, in datagrams that it can read`, async (t) => {
    const { port, datagrams } = await startAgent(t);
    const created = createQuietBackend({ backend, agent: { host: '127.0.0.1', port } });
    const tracer = created.createTracer('users');
    const sizes = [10, 30_000, 30_000, 30_000, 200_000];
    for (const [i, size] of sizes.entries())
      tracer.startSpan(`span ${i}`, { tags: { text: 'x'.repeat(size), more: 'y'.repeat(size) } }).finish();
    t.deepEqual(await created.close({ deadlineMs: 5000 }), { sent: 5, dropped: 0 });
    const read = () => datagrams.flatMap((datagram) => decoded(datagram.subarray(24)).spans);
    await until(() => read().length === 5);
    t.true(datagrams.every(({ length }) => length <= 65_000));
    t.deepEqual(
      read().map(({ operationName }) => operationName),
      sizes.map((_, i) => `span ${i}`),
    );
  });

  test(`${backend}: a span that ends while the tracing closes goes along`, async (t) => {
    const collector = await startCollector(t, hang);
    const created = createQuietBackend({ backend, endpoint: collector.endpoint });
    const tracer = created.createTracer('users');
    tracer.startSpan('before').finish();
    const closing = created.close({ deadlineMs: 10_000 });
    await until(() => collector.hanging.size === 1);
    collector.behave = accept;
    tracer.startSpan('meanwhile').finish();
    await until(() => created.stats().sent === 1);
    for (const response of collector.hanging) response.writeHead(202).end();
    t.deepEqual(await closing, { sent: 2, dropped: 0 });
  });

  test(`${backend}: a span that ends too late for the close is counted and told of at once`, async (t) => {
    const lines: string[] = [];
    const created = createQuietBackend({ backend, endpoint: NOWHERE }, lines);
    const tracer = created.createTracer('users');
    const closing = created.close({ deadlineMs: 0 });
    tracer.startSpan('too late').finish();
    t.deepEqual(await closing, { sent: 0, dropped: 1 });
    tracer.startSpan('later').finish();
    t.like(created.stats(), { finished: 2, queued: 0, queuedBytes: 0 });
    t.is(created.stats().dropped['closed'], 2);
    t.deepEqual(lines, ['spans dropped reason=closed spans=1']);
  });

  test(`${backend}: unsampled spans are neither sent nor counted, but for those of a raised priority`, async (t) => {
    const created = createQuietBackend({ backend, endpoint: NOWHERE, sampler: { type: 'const', param: 0 } });
    const tracer = created.createTracer('users');
    const span = tracer.startSpan('never seen', { tags: { a: 1 } });
    t.like(created.stats(), { started: 0, unfinished: 0 });
    span.finish();
    span.finish();
    t.like(created.stats(), { started: 0, finished: 0, unfinished: 0, queued: 0 });
    const parent = tracer.startSpan('parent');
    tracer.startSpan('raised', { childOf: parent }).setTag('sampling.priority', 1).finish();
    parent.finish();
    parent.finish();
    t.like(created.stats(), { started: 2, finished: 2, unfinished: 0, queued: 2 });
    t.deepEqual(await created.close({ deadlineMs: 100 }), { sent: 0, dropped: 2 });
  });

  test(`${backend}: a span whose priority is lowered is not sent, and is none that is left open`, async (t) => {
    const collector = await startThriftCollector(t);
    const created = createQuietBackend({ backend, endpoint: collector.endpoint });
    const tracer = created.createTracer('users');
    const parent = tracer.startSpan('parent');
    const child = tracer.startSpan('child', { childOf: parent });
    tracer.startSpan('done before', { childOf: parent }).finish();
    t.like(created.stats(), { started: 3, finished: 1, unfinished: 2 });
    child.setTag('sampling.priority', 0);
    for (const span of [child, child, parent]) span.finish();
    t.like(created.stats(), { started: 3, finished: 3, unfinished: 0, queued: 1 });
    t.deepEqual(await created.close({ deadlineMs: 5000 }), { sent: 1, dropped: 0 });
    t.deepEqual(
      collector.spans().map(({ operationName }) => operationName),
      ['done before'],
    );
  });

  test(`${backend}: a span whose priority is raised after its end is not counted`, async (t) => {
    const created = createQuietBackend({ backend, sampler: { type: 'const', param: 0 } });
    const span = created.createTracer('users').startSpan('over');
    span.finish();
    span.setTag('sampling.priority', 1);
    span.finish();
    t.like(created.stats(), { started: 0, finished: 0, unfinished: 0 });
    await created.close({ deadlineMs: 0 });
  });

  test(`${backend}: lost spans are told of on the next root, where that is asked for`, async (t) => {
    const collector = await startThriftCollector(t, { refuse: 1 });
    const created = createQuietBackend({ backend, endpoint: collector.endpoint, logLoss: true });
    const tracer = created.createTracer('users');
    for (const name of ['lost', 'lost too', 'and lost']) tracer.startSpan(name).finish();
    await created.flush({ deadlineMs: 5000 });
    const root = tracer.startSpan('root');
    tracer.startSpan('child', { childOf: root }).finish();
    root.finish();
    await created.flush({ deadlineMs: 5000 });
    tracer.startSpan('another root').finish();
    t.like(await created.close({ deadlineMs: 5000 }), { sent: 3, dropped: 3 });
    const logs = collector.spans().map(({ operationName, logs = [] }) => ({
      operationName,
      logs: logs.map(({ fields }) => fields.map((field) => [field.key, String(tagValueOf(field))])),
    }));
    t.deepEqual(logs, [
      { operationName: 'child', logs: [] },
      {
        operationName: 'root',
        logs: [
          [
            ['event', 'spans lost'],
            ['spans', '3'],
            ['rejected', '3'],
          ],
        ],
      },
      { operationName: 'another root', logs: [] },
    ]);
  });

  test(`${backend}: each span is logged where that is asked for`, async (t) => {
    const lines: string[] = [];
    const created = createQuietBackend({ backend, endpoint: NOWHERE, logSpans: true }, lines);
    const span = created.createTracer('users').startSpan('users.get');
    span.finish();
    const line = lines.find((logged) => logged.startsWith('span users users.get'));
    t.regex(line ?? '', /^span users users\.get [0-9a-f]+:[0-9a-f]+:0:1 \d+ us$/);
    await created.close({ deadlineMs: 50 });
  });

  test(`${backend}: no tag, name or reference makes a batch that Jaeger refuses`, async (t) => {
    const collector = await startThriftCollector(t);
    const created = createQuietBackend({ backend, endpoint: collector.endpoint });
    const tracer = created.createTracer('users');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const hostile = [
      circle,
      10n ** 40n,
      5n,
      Number.NaN,
      new Uint8Array(3),
      () => 1,
      Symbol('s'),
      '\ud800',
      new Map([[1, circle]]),
    ];
    const span = tracer.startSpan(undefined as never, { childOf: 'nonsense' as never, references: [] });
    for (const [i, value] of hostile.entries()) span.setTag(`tag ${i}`, value).log({ value });
    span.finish();
    tracer.startSpan('fine').finish();
    t.deepEqual(await created.close({ deadlineMs: 5000 }), { sent: 2, dropped: 0 });
    t.deepEqual(
      collector.spans().map(({ operationName }) => operationName),
      ['undefined', 'fine'],
    );
    t.true(collector.spans().every(({ duration }) => duration >= 1n));
  });
}

test('user and password go out as basic authentication', async (t) => {
  const collector = await startThriftCollector(t);
  const env = { JAEGER_ENDPOINT: collector.endpoint, JAEGER_USER: 'ada', JAEGER_PASSWORD: 'l:v' };
  const created = createQuietBackend({ env });
  created.createTracer('users').startSpan('a').finish();
  await created.close({ deadlineMs: 5000 });
  t.is(collector.headers[0]?.authorization, `Basic ${Buffer.from('ada:l:v').toString('base64')}`);
});

for (const [end, code] of [
  ['exception', 1],
  ['rejection', 1],
  ['exit', 3],
] as const) {
  test(`with a spool, what is finished survives an ${end}, and the process dies as it would`, async (t) => {
    const spoolDir = temporaryFolder(t);
    const child = spawn(process.execPath, [
      join(import.meta.dirname, 'crash-child.ts'),
      NOWHERE,
      spoolDir,
      end,
    ]);
    t.teardown(() => child.kill());
    const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    t.is(exitCode, code);
    if (end !== 'exit') t.regex(said, /Error: on purpose\n +at /);
    t.true(readdirSync(spoolDir, { recursive: true }).length > 0);

    const collector = await startThriftCollector(t);
    const next = createQuietBackend({ endpoint: collector.endpoint, spoolDir });
    next.createTracer('next').startSpan('after').finish();
    await next.flush({ deadlineMs: 5000 });
    await until(() => collector.spans().length === 3);
    t.deepEqual(
      collector
        .spans()
        .map(({ operationName }) => operationName)
        .sort(),
      ['after', `before ${end}`, `right before ${end}`],
    );
    await next.close({ deadlineMs: 5000 });
  });
}
