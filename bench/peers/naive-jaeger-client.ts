/**
 * jaeger-client as most projects use it: `initTracer` with its defaults, a root span in a Koa middleware, the context in
 * the call's meta, and one server span per action in a broker middleware. Three spans a request.
 */
import { createRequire } from 'node:module';
import type { Context as KoaContext, Next } from 'koa';
import type { Context, Middleware } from 'moleculer';
import opentracing, { type Span, type Tracer } from 'opentracing';
import type { Instrument } from '../instruments/instrument.ts';
import type { NodeSettings } from '../nodes/node-settings.ts';

type ClosableTracer = Tracer & { close(done: () => void): void };

const { FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP, Tags } = opentracing;
const require = createRequire(import.meta.url);

export function createNaiveJaegerClient({ role, sampleRate, collector }: NodeSettings): Instrument {
  const { initTracer } = require('jaeger-client') as typeof import('jaeger-client');
  const tracer = initTracer(
    {
      serviceName: role,
      sampler: { type: 'const', param: sampleRate },
      reporter: { agentHost: '127.0.0.1', agentPort: collector.udpPort },
    },
    {},
  ) as ClosableTracer;
  return {
    koa: [(ctx, next) => traceRequest(tracer, ctx, next)],
    broker: { middlewares: [brokerMiddleware(tracer)] },
    makeSpan() {},
    close: () => new Promise<void>((resolve) => tracer.close(resolve)),
  };
}

async function traceRequest(tracer: Tracer, ctx: KoaContext, next: Next): Promise<void> {
  const parent = tracer.extract(FORMAT_HTTP_HEADERS, ctx.headers);
  const span = tracer.startSpan(`${ctx.method} ${ctx.path}`, {
    ...(parent && { childOf: parent }),
    tags: {
      [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER,
      [Tags.COMPONENT]: 'koa',
      [Tags.HTTP_METHOD]: ctx.method,
      [Tags.HTTP_URL]: ctx.href,
    },
  });
  ctx.state['meta'] = { trace: carrierOf(tracer, span) };
  try {
    await next();
  } catch (error) {
    span.setTag(Tags.ERROR, true);
    throw error;
  } finally {
    span.setTag(Tags.HTTP_STATUS_CODE, ctx.status);
    span.finish();
  }
}

function brokerMiddleware(tracer: Tracer): Middleware {
  return {
    localAction(next: (ctx: Context) => Promise<unknown>, action: { name: string }) {
      return async (ctx: Context<unknown, { trace?: object }>) => {
        const parent = tracer.extract(FORMAT_TEXT_MAP, ctx.meta.trace ?? {});
        const span = tracer.startSpan(action.name, {
          ...(parent && { childOf: parent }),
          tags: {
            [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER,
            [Tags.COMPONENT]: 'moleculer',
            'moleculer.node': ctx.broker.nodeID,
            'moleculer.caller': ctx.caller,
          },
        });
        ctx.meta.trace = carrierOf(tracer, span);
        try {
          return await next(ctx);
        } catch (error) {
          span.setTag(Tags.ERROR, true);
          throw error;
        } finally {
          span.finish();
        }
      };
    },
  } as unknown as Middleware;
}

function carrierOf(tracer: Tracer, span: Span): object {
  const carrier = {};
  tracer.inject(span, FORMAT_TEXT_MAP, carrier);
  return carrier;
}
