/** jaeger-client as it is: its own tracer, made by its own `initTracer`, its own encoder; only the delivery is ours. */
import type { Tracer } from 'opentracing';
import { loadPackage } from '../load-package.ts';
import { Clock } from '../tracer/clock.ts';
import type { Sampler } from '../tracer/sampler.ts';
import type { Backend } from './backend.ts';
import { type Collector, Delivery } from './delivery.ts';
import type { JaegerBackendOptions } from './jaeger.ts';
import { type ClientSpan, type ReportedSpan, withLog, writeClientSpan } from './jaeger-client-span.ts';
import { type ClientTracer, withSpanCounts, withStrictInput } from './jaeger-client-tracer.ts';
import { createLossLog } from './loss-log.ts';
import { processTags } from './process-tags.ts';

/** jaeger-client's main module, as far as it is used here. */
interface JaegerClient {
  initTracer(config: object, options: object): ClientTracer;
}

/** Sampling is replaced at once; without any, jaeger-client would start to ask a Jaeger for it. */
const ALWAYS = { type: 'const', param: 1 };

export function createJaegerClientBackend(collector: Collector, options: JaegerBackendOptions): Backend {
  const client = loadPackage<JaegerClient>('jaeger-client');
  const delivery = new Delivery<ReportedSpan>(collector, {
    writeSpan: writeClientSpan,
    processTags: processTags(options.processTags),
    flushIntervalMs: options.flushIntervalMs,
  });
  const counts = { started: 0, finished: 0 };
  const lossFields = createLossLog(() => delivery.stats(counts).dropped);
  const clock = new Clock();
  const samplers: Sampler[] = [];

  const createTracer = (service: string): Tracer => {
    const reporter = {
      report: (span: ClientSpan) => {
        const { _operationName: name, _spanContext: context, _duration: ms } = span;
        options.logSpan?.(`span ${service} ${name} ${context} ${Math.round(ms * 1000)} us`);
        const loss = options.logLoss && !context.parentIdStr ? lossFields() : undefined;
        delivery.record({ service, span: loss ? withLog(span, loss) : span });
      },
      setProcess() {},
      close: (done?: () => void) => done?.(),
    };
    const tracer = client.initTracer(
      { serviceName: service, sampler: ALWAYS },
      { reporter, traceId128bit: true },
    );
    const sampler = options.createSampler(service);
    samplers.push(sampler);
    tracer._sampler = sampler;
    // Its own clock counts milliseconds: most spans would last 0, which Jaeger takes for an error of the clock.
    tracer.now = () => clock.timeline().now();
    return withSpanCounts(withStrictInput(tracer), counts);
  };
  return {
    enabled: true,
    createTracer,
    describeProcess: (tags) => delivery.describeProcess(tags),
    stats: () => delivery.stats(counts),
    flush: (deadline) => delivery.flush(deadline),
    close: (deadline) => {
      for (const sampler of samplers) sampler.close();
      return delivery.close(deadline);
    },
  };
}
