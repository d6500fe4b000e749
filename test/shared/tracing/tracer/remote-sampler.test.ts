import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import type { Tracing } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { LocalTrace } from '#shared/tracing/tracer/local-trace.ts';
import { createSampler } from '#shared/tracing/tracer/sampling.ts';
import { keepOnly, startSamplingServer } from '../../../helpers/sampling-server.ts';
import { until } from '../../../helpers/until.ts';

/** A span as the samplers look at it: the first of its trace here. */
function rootSpan(operationName: string) {
  const spanIdStr = '1234567890abcdef';
  const context = { spanIdStr, _samplingState: new LocalTrace(spanIdStr) };
  return { operationName, context: () => context };
}

function createRemoteSampler(
  t: ExecutionContext,
  hostPort: string,
  { service = 'my users', param = 0 } = {},
) {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => warnings.push(message) };
  const settings = { type: 'remote', param, hostPort, refreshIntervalMs: 10 } as const;
  const sampler = createSampler(settings, { service, logger });
  t.teardown(() => sampler.close());
  return { isSampled: (name = 'a') => sampler.onCreateSpan(rootSpan(name)).sample, sampler, warnings };
}

const ALL = JSON.stringify({ strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate: 1 } });

test('until it is told otherwise it samples at its own rate; then as it is told', async (t) => {
  let rate = 1;
  const strategy = () =>
    JSON.stringify({ strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate: rate } });
  const server = await startSamplingServer(t, strategy);
  const { isSampled } = createRemoteSampler(t, server.hostPort);
  t.deepEqual(server.requests, []);
  t.false(isSampled());
  await until(() => isSampled());
  t.is(server.requests[0], '/sampling?service=my%20users');
  rate = 0;
  await until(() => !isSampled());
});

test('strategies by operation decide by the name of the first span', async (t) => {
  const server = await startSamplingServer(t, () => keepOnly('kept'));
  const { isSampled } = createRemoteSampler(t, server.hostPort);
  await until(() => isSampled('kept'));
  t.false(isSampled('dropped'));
});

for (const answer of ['{}', 'null', 'no JSON', 'fail', 'hang'])
  test(`the strategy stays as it was where the answer is: ${answer}`, async (t) => {
    let current = ALL;
    const server = await startSamplingServer(t, () => current);
    const { isSampled } = createRemoteSampler(t, server.hostPort);
    await until(() => isSampled());
    current = answer;
    await server.askedAgain(3);
    t.true(isSampled());
  });

test('a Jaeger that fails is mentioned once, and again where it has answered in between', async (t) => {
  let answer = 'fail';
  const server = await startSamplingServer(t, () => answer);
  const { isSampled, warnings } = createRemoteSampler(t, server.hostPort);
  const warning = `no sampling strategy for my users from ${server.hostPort}: answered 500`;
  isSampled();
  await until(() => warnings.length > 0);
  await server.askedAgain(3);
  t.deepEqual(warnings, [warning]);
  answer = ALL;
  await until(() => isSampled());
  answer = 'fail';
  await until(() => warnings.length > 1);
  await server.askedAgain(3);
  t.deepEqual(warnings, [warning, warning]);
});

const NO_STRATEGIES: readonly [answer: string, reason: RegExp][] = [
  ['{}', /Malformed response: \{\}/],
  ['null', /Malformed response: null/],
  ['<!DOCTYPE html>', /parsing sampling strategy: .*not valid JSON/],
  ['{"operationSampling":{}}', /updating sampler: .*defaultLowerBoundTracesPerSecond/],
  [JSON.stringify({ strategyType: 'x'.repeat(5000) }), /Malformed response: .*…$/],
];

for (const [answer, reason] of NO_STRATEGIES)
  test(`an answer that says nothing is mentioned once, and why: ${answer.slice(0, 50)}`, async (t) => {
    const server = await startSamplingServer(t, () => answer);
    const { isSampled, warnings } = createRemoteSampler(t, server.hostPort, { param: 1 });
    isSampled();
    await until(() => warnings.length > 0);
    await server.askedAgain(3);
    t.true(isSampled());
    t.is(warnings.length, 1);
    t.true(warnings[0]?.startsWith(`no sampling strategy for my users from ${server.hostPort}: `));
    t.regex(warnings[0] ?? '', reason);
    t.true((warnings[0]?.length ?? 0) < 300);
  });

test('while it hears of no other rate it samples at its own', async (t) => {
  const server = await startSamplingServer(t, () => 'fail');
  const { isSampled, warnings } = createRemoteSampler(t, server.hostPort, { param: 1 });
  t.true(isSampled());
  await until(() => warnings.length > 0);
  t.true(isSampled());
});

test('once closed it asks no more, and waits for no answer', async (t) => {
  const server = await startSamplingServer(t, () => 'hang');
  const { isSampled, sampler, warnings } = createRemoteSampler(t, server.hostPort, { service: 'closed' });
  const unused = createRemoteSampler(t, server.hostPort, { service: 'closed before its first span' });
  unused.sampler.close();
  unused.isSampled();
  isSampled();
  await until(() => server.open.size > 1);
  sampler.close();
  await until(() => server.open.size === 0);

  // Another one, which asks as often, shows that they would have asked again by now.
  const other = createRemoteSampler(t, server.hostPort, { service: 'other' });
  other.isSampled();
  await server.askedAgain(1);
  server.requests.length = 0;
  await server.askedAgain(5);
  t.deepEqual([...new Set(server.requests)], ['/sampling?service=other']);
  t.deepEqual(warnings, []);
});

test('it asks outside of the request whose span is the first, and holds nothing of it', async (t) => {
  const server = await startSamplingServer(t, () => keepOnly('kept'));
  const request = new AsyncLocalStorage<string>();
  const askedIn: unknown[] = [];
  const started = channel('http.client.request.start');
  const listener = (message: unknown) => {
    const asked = (message as { request: ClientRequest }).request;
    if (asked.getHeader('host') === server.hostPort) askedIn.push(request.getStore());
  };
  started.subscribe(listener);
  t.teardown(() => started.unsubscribe(listener));
  const { isSampled } = createRemoteSampler(t, server.hostPort);
  request.run('the first', () => isSampled());
  await until(() => askedIn.length > 2);
  t.deepEqual([...new Set(askedIn)], [undefined]);
});

test('tracing that is closed asks no more, in memory too', async (t) => {
  const server = await startSamplingServer(t, () => keepOnly('kept'));
  const ask = (service: string): Tracing => {
    const sampler = { type: 'remote', param: 0, hostPort: server.hostPort, refreshIntervalMs: 10 } as const;
    const tracing = createMemoryTracing({ service, sampler });
    t.teardown(() => tracing.close());
    tracing.tracerFor(service).startSpan('a');
    return tracing;
  };
  const asked = (service: string): number =>
    server.requests.filter((url) => url.endsWith(`=${service}`)).length;
  const closed = ask('closed');
  ask('open');
  await until(() => asked('closed') > 1);
  await closed.close();
  const askOpen = (times: number): Promise<void> => {
    const before = asked('open');
    return until(() => asked('open') >= before + times);
  };
  await askOpen(5); // some may be on their way still
  const before = asked('closed');
  await askOpen(5);
  t.is(asked('closed'), before);
});
