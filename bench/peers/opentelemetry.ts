/**
 * The OpenTelemetry SDK, set up as its documentation says: its HTTP instrumentation for the server span, batches over
 * OTLP, W3C context; and client and server spans around actions by hand, as there is no instrumentation for Moleculer 0.15.
 */
import { createRequire } from 'node:module';
import type { Context as KoaContext, Next } from 'koa';
import type { Context, Middleware } from 'moleculer';
import type { Instrument } from '../instruments/instrument.ts';
import type { NodeSettings } from '../nodes/node-settings.ts';

const require = createRequire(import.meta.url);

/** The little of OpenTelemetry's API that is used: its packages, and so their types, are not installed everywhere. */
type OtelContext = object;
interface OtelSpan {
  setStatus(status: { code: number }): void;
  recordException(error: unknown): void;
  end(): void;
}
interface OtelApi {
  context: {
    active(): OtelContext;
    with<Result>(context: OtelContext, fn: () => Result): Result;
    setGlobalContextManager(manager: object): void;
  };
  propagation: {
    inject(context: OtelContext, carrier: object): void;
    extract(context: OtelContext, carrier: object): OtelContext;
    setGlobalPropagator(propagator: object): void;
  };
  trace: {
    getTracer(name: string): OtelTracer;
    setSpan(context: OtelContext, span: OtelSpan): OtelContext;
    setGlobalTracerProvider(provider: object): void;
  };
  SpanKind: { CLIENT: number; SERVER: number };
  SpanStatusCode: { ERROR: number };
}
interface OtelTracer {
  startSpan(name: string, options: object, context: OtelContext): OtelSpan;
}
type Constructor<Instance = object> = new (options?: object) => Instance;
interface OtelProvider {
  shutdown(): Promise<void>;
}

interface RpcMetadata {
  route?: string;
}
type ReadRpcMetadata = (context: OtelContext) => RpcMetadata | undefined;

export function createOpenTelemetry({ role, collector }: NodeSettings): Instrument {
  const api = require('@opentelemetry/api') as OtelApi;
  const { W3CTraceContextPropagator, getRPCMetadata } = require('@opentelemetry/core') as {
    W3CTraceContextPropagator: Constructor;
    getRPCMetadata: ReadRpcMetadata;
  };
  const counter = createCounter();
  const provider = startProvider(role, `${collector.url}/v1/traces`, counter);
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks') as {
    AsyncLocalStorageContextManager: Constructor<{ enable(): object }>;
  };
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  api.trace.setGlobalTracerProvider(provider);
  instrumentHttp();

  const nameRoute = async (ctx: KoaContext, next: Next): Promise<void> => {
    await next();
    const metadata = getRPCMetadata(api.context.active());
    if (metadata) metadata.route = String(ctx['_matchedRoute']);
  };
  return {
    koa: [nameRoute],
    broker: { middlewares: [brokerMiddleware(api)] },
    makeSpan() {},
    finishedSpans: counter.finished,
    close: () => provider.shutdown(),
  };
}

function startProvider(service: string, url: string, counter: object): OtelProvider {
  const { TracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace') as {
    TracerProvider: Constructor<OtelProvider>;
    BatchSpanProcessor: Constructor;
  };
  const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto') as {
    OTLPTraceExporter: Constructor;
  };
  const { resourceFromAttributes } = require('@opentelemetry/resources') as {
    resourceFromAttributes(attributes: object): object;
  };
  return new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) }), counter],
  });
}

function instrumentHttp(): void {
  const { registerInstrumentations } = require('@opentelemetry/instrumentation') as {
    registerInstrumentations(options: object): void;
  };
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http') as {
    HttpInstrumentation: Constructor;
  };
  registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
  require('node:http'); // it patches what is required from now on
}

/** A span processor that only counts. */
function createCounter() {
  let finished = 0;
  return {
    finished: () => finished,
    onStart() {},
    onEnd() {
      finished++;
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

type Call = (action: string, params: unknown, options?: { meta?: object }) => Promise<unknown>;

function brokerMiddleware(api: OtelApi): Middleware {
  const { context, propagation, trace, SpanKind, SpanStatusCode } = api;
  const tracer = trace.getTracer('bench');
  const settle = async (span: OtelSpan, promise: Promise<unknown>): Promise<unknown> => {
    try {
      return await promise;
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
  return {
    call: (next: Call) => (action: string, params: unknown, options?: { meta?: object }) => {
      const attributes = {
        'rpc.system': 'moleculer',
        'rpc.method': action,
        'peer.service': action.split('.')[0],
      };
      const span = tracer.startSpan(action, { kind: SpanKind.CLIENT, attributes }, context.active());
      const carrier = {};
      propagation.inject(trace.setSpan(context.active(), span), carrier);
      return settle(span, next(action, params, { ...options, meta: { ...options?.meta, trace: carrier } }));
    },
    localAction: (next: (ctx: Context) => Promise<unknown>, action: { name: string }) => {
      return (ctx: Context<unknown, { trace?: object }>) => {
        const parent = propagation.extract(context.active(), ctx.meta.trace ?? {});
        const attributes = {
          'rpc.system': 'moleculer',
          'rpc.method': action.name,
          'moleculer.node': ctx.broker.nodeID,
          'moleculer.caller.node': String(ctx.nodeID),
          'moleculer.level': ctx.level,
        };
        const span = tracer.startSpan(action.name, { kind: SpanKind.SERVER, attributes }, parent);
        return context.with(trace.setSpan(parent, span), () => settle(span, next(ctx)));
      };
    },
  } as unknown as Middleware;
}
