/**
 * Jaeger's own format: `uber-trace-id: {trace id}:{span id}:{parent id}:{flags}`, all in hex, baggage in `uberctx-{key}`.
 * Source: https://www.jaegertracing.io/sdk-migration/#propagation-format
 */
import { type Baggage, NO_BAGGAGE, withBaggageItem } from '../tracer/baggage.ts';
import type { Codec, RemoteSpan, TextMap } from './codec.ts';

export const UBER_TRACE_ID = 'uber-trace-id';
export const BAGGAGE_PREFIX = 'uberctx-';

/** 32 + 16 + 16 + 2 digits and three colons; anything longer is not ours to read. */
const LONGEST = 69;
const FORM = /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):([0-9a-f]{0,16}):([0-9a-f]{1,2})$/i;
const ONLY_ZEROS = /^0*$/;

/** Reads the value of `uber-trace-id`; undefined where anything of it is not as it must be. */
export function parseUberTraceId(text: unknown): RemoteSpan | undefined {
  if (typeof text !== 'string' || text.length > LONGEST * 3) return undefined;
  const [, traceId, spanId, parentId, flags] = FORM.exec(decoded(text)) ?? [];
  if (traceId === undefined || spanId === undefined || parentId === undefined || flags === undefined)
    return undefined;
  if (ONLY_ZEROS.test(traceId) || ONLY_ZEROS.test(spanId)) return undefined;
  return {
    traceId: traceId.toLowerCase().padStart(32, '0'),
    spanId: spanId.toLowerCase().padStart(16, '0'),
    parentId: ONLY_ZEROS.test(parentId) ? undefined : parentId.toLowerCase().padStart(16, '0'),
    flags: Number.parseInt(flags, 16),
    baggage: NO_BAGGAGE,
  };
}

export const uberTraceId: Codec = {
  inject(context, carrier, { httpHeaders }) {
    carrier[UBER_TRACE_ID] = context.toString();
    const { baggage } = context;
    if (baggage === NO_BAGGAGE) return;
    for (const key of Object.keys(baggage)) {
      const value = baggage[key] ?? '';
      carrier[BAGGAGE_PREFIX + key] = httpHeaders ? encodeURIComponent(value.toWellFormed()) : value;
    }
  },

  extract(carrier, { httpHeaders }) {
    const remote = parseUberTraceId(carrier[UBER_TRACE_ID]);
    if (remote === undefined) return undefined;
    const baggage = readBaggage(carrier, httpHeaders);
    return baggage === NO_BAGGAGE ? remote : { ...remote, baggage };
  },
};

function readBaggage(carrier: TextMap, httpHeaders: boolean): Baggage {
  let baggage = NO_BAGGAGE;
  for (const name in carrier) {
    if (!name.startsWith(BAGGAGE_PREFIX)) continue;
    const value = carrier[name];
    if (typeof value !== 'string') continue;
    baggage = withBaggageItem(
      baggage,
      name.slice(BAGGAGE_PREFIX.length),
      httpHeaders ? decoded(value) : value,
    );
  }
  return baggage;
}

/** Some clients percent-encode the colons too. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
