/** What a logger that fails does to whoever is traced: nothing. */
import test from 'ava';
import Koa from 'koa';
import { createTracing, inSpan, type TracingLogger } from '#shared/tracing/index.ts';
import { listen } from '../../helpers/koa-app.ts';
import { startSamplingServer } from '../../helpers/sampling-server.ts';
import { startThriftCollector } from '../../helpers/thrift-collector.ts';
import { until } from '../../helpers/until.ts';

function fail(): never {
  throw new Error('the disk is full');
}

async function reject(): Promise<void> {
  fail();
}

const loggers: Record<string, TracingLogger> = {
  'throws all that it is told': { debug: fail, info: fail, warn: fail },
  'rejects all that it is told': { debug: reject, info: reject, warn: reject },
  'has no methods': {} as TracingLogger,
  'has no functions for methods': { debug: 'no', info: 'no', warn: 'no' } as never,
};

for (const [does, logger] of Object.entries(loggers)) {
  test.serial(`requests are answered, and spans sent, where the logger ${does}`, async (t) => {
    const { endpoint, spans } = await startThriftCollector(t);
    // A warning as it starts, and a line for each span.
    const env = { JAEGER_AGENT_PORT: 'tcp://10.0.0.7:6832', JAEGER_REPORTER_LOG_SPANS: 'true' };
    for (const backend of ['jaeger', 'jaeger-client'] as const) {
      const tracing = createTracing({ service: 'api', backend, endpoint, env, logger });
      const koa = new Koa().use(tracing.koa()).use((ctx) => {
        ctx.body = inSpan('work', {}, () => 'done');
      });
      const { url } = await listen(t, koa);
      t.is(await (await fetch(url)).text(), 'done');
      await until(() => tracing.stats().finished === 2);
      t.deepEqual(await tracing.close(), { sent: 2, dropped: 0 });
    }
    t.is(spans().length, 4);
  });

  test.serial(`a sampler that hears nothing ends nothing where the logger ${does}`, async (t) => {
    const { hostPort, askedAgain } = await startSamplingServer(t, () => 'fail');
    const sampler = { type: 'remote', param: 0, hostPort, refreshIntervalMs: 5 } as const;
    const tracing = createTracing({ service: 'api', sampler, env: {}, logger });
    t.teardown(() => tracing.close());
    const asked = askedAgain(3);
    tracing.tracerFor('api').startSpan('begin').finish();
    // An unhandled rejection would end the process, and with it this test.
    await asked;
    t.pass();
  });

  test.serial(`a service whose tracer cannot be made runs where the logger ${does}`, (t) => {
    const tracing = createTracing({ service: 'api', backend: fail, env: {}, logger });
    t.notThrows(() => tracing.tracerFor('stock').startSpan('count').finish());
  });
}
