import test from 'ava';
import opentracing from 'opentracing';
import { carrierOf, contextFrom } from '#shared/tracing/moleculer/carrier.ts';
import { createTracer, TRACERS } from '../../../conformance/tracers.ts';

const TRACE = 'abcdef0123456789abcdef0123456789';
const PARENT = '1122334455667788';

for (const name of TRACERS)
  test(`${name}: whatever the flags of a trace are, the next node has the same`, async (t) => {
    const { tracer } = await createTracer(t, name);
    for (let flags = 0; flags <= 255; flags++) {
      const caller = contextFrom(`${TRACE}:${PARENT}:0:${flags.toString(16)}`, tracer);
      const span = tracer.startSpan('calls', { ...(caller && { childOf: caller }) });
      const context = contextFrom(carrierOf(span), tracer);
      const seen: Record<string, string> = {};
      if (context) tracer.inject(context, opentracing.FORMAT_TEXT_MAP, seen);
      const [traceId, , , text = ''] = seen['uber-trace-id']?.split(':') ?? [];
      t.deepEqual([traceId, Number.parseInt(text, 16)], [TRACE, flags]);
    }
  });
