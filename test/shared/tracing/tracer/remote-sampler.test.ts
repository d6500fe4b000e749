import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { LocalTrace } from '#shared/tracing/tracer/local-trace.ts';
import { createSampler } from '#shared/tracing/tracer/sampling.ts';
import { until } from '../../../helpers/until.ts';

async function startSamplingServer(t: ExecutionContext, answer: () => string) {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const body = answer();
    if (body === 'hang') return;
    response.writeHead(body === 'fail' ? 500 : 200).end(body);
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return { hostPort: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** A span as the samplers look at it: the first of its trace here. */
function rootSpan(operationName: string) {
  const spanIdStr = '1234567890abcdef';
  const context = { spanIdStr, _samplingState: new LocalTrace(spanIdStr) };
  return { operationName, context: () => context };
}

function createRemoteSampler(t: ExecutionContext, hostPort: string, param = 0) {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => warnings.push(message) };
  const settings = { type: 'remote', param, hostPort, refreshIntervalMs: 10 } as const;
  const sampler = createSampler(settings, { service: 'my users', logger });
  t.teardown(() => sampler.close());
  return { isSampled: (name = 'a') => sampler.onCreateSpan(rootSpan(name)).sample, sampler, warnings };
}

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
  const strategy = {
    operationSampling: {
      defaultSamplingProbability: 0,
      defaultLowerBoundTracesPerSecond: 0,
      perOperationStrategies: [{ operation: 'kept', probabilisticSampling: { samplingRate: 1 } }],
    },
  };
  const server = await startSamplingServer(t, () => JSON.stringify(strategy));
  const { isSampled } = createRemoteSampler(t, server.hostPort);
  await until(() => isSampled('kept'));
  t.false(isSampled('dropped'));
});

test('what is no strategy changes nothing, and a Jaeger that fails is mentioned once', async (t) => {
  const answers = [
    '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}',
    'fail',
    'fail',
    '{}',
    'null',
    'no JSON',
  ];
  const server = await startSamplingServer(t, () => answers.shift() ?? 'fail');
  const { isSampled, warnings } = createRemoteSampler(t, server.hostPort);
  await until(() => isSampled() && server.requests.length > 8);
  t.is(
    warnings.filter((line) => /no sampling strategy for my users from .*: answered 500/.test(line)).length,
    warnings.length,
  );
  t.true(warnings.length <= 2);
});

test('once closed it asks no more', async (t) => {
  const server = await startSamplingServer(t, () => 'hang');
  const { isSampled, sampler, warnings } = createRemoteSampler(t, server.hostPort);
  isSampled();
  await until(() => server.requests.length > 0);
  sampler.close();
  t.deepEqual(warnings, []);
});
