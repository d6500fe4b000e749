/** This project's tracing, set up in its usual two lines. */
import { createTracing, inSpan } from '#shared/tracing/index.ts';
import type { NodeSettings } from '../nodes/node-settings.ts';
import type { Instrument } from './instrument.ts';

export function createTracemesh({ role, instrument, sampleRate, collector }: NodeSettings): Instrument {
  const isConstant = sampleRate === 0 || sampleRate === 1;
  const tracing = createTracing({
    service: role,
    env: {
      NODE_ENV: 'production',
      TRACER: instrument === 'tracemesh-jaeger-client' ? 'jaeger-client' : 'jaeger',
      JAEGER_ENDPOINT: `${collector.url}/api/traces`,
      JAEGER_SAMPLER_TYPE: isConstant ? 'const' : 'probabilistic',
      JAEGER_SAMPLER_PARAM: String(sampleRate),
    },
  });
  return {
    koa: [tracing.koa()],
    broker: { middlewares: [tracing.moleculer()] },
    makeSpan: (tags) =>
      inSpan('step', {}, (span) => {
        for (let tag = 0; tag < tags; tag++) span.setTag(`step.tag${tag}`, `value ${tag}`);
      }),
    finishedSpans: () => tracing.stats().finished,
    close: () => tracing.close(),
  };
}
