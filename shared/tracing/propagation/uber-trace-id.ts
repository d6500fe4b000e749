/**
 * Jaeger's own format: `uber-trace-id: {trace id}:{span id}:{parent id}:{flags}`, all in hex, baggage in `uberctx-{key}`;
 * and what a person may send by hand: `jaeger-debug-id` and `jaeger-baggage: key=value, key=value`.
 * Source: https://www.jaegertracing.io/sdk-migration/#propagation-format
 */
import { type Baggage, baggageForHeaders, NO_BAGGAGE, withBaggageItem } from '../tracer/baggage.ts';
import type { Codec, RemoteSpan } from './codec.ts';
import { isHexId, isZeroId } from './hex-id.ts';

export const UBER_TRACE_ID = 'uber-trace-id';
export const BAGGAGE_PREFIX = 'uberctx-';
const DEBUG_ID = 'jaeger-debug-id';
const BAGGAGE_LIST = 'jaeger-baggage';

/** 32 + 16 + 16 + 2 digits and three colons, and each colon may be percent-encoded. */
const LONGEST = 75;
/** A debug id becomes a tag. */
const LONGEST_DEBUG_ID = 256;

/** What this library writes between its own nodes: whole lower-case ids other than zeros, no parent, one digit of flags. */
const HOP_FORM = /^(?!0{32})[0-9a-f]{32}:(?!0{16})[0-9a-f]{16}:0:[0-7]$/;

const HOP_LENGTH = 53;
const ZERO = 48;

/** True for a context that this library has written between its own nodes, of a trace that is not sampled. */
export function isDiscardedHop(text: string): boolean {
  return text.length === HOP_LENGTH && text.charCodeAt(HOP_LENGTH - 1) === ZERO && HOP_FORM.test(text);
}

/** Reads the value of `uber-trace-id`; undefined where anything of it is not as it must be. */
export function parseUberTraceId(text: string): RemoteSpan | undefined {
  if (text.length > LONGEST) return undefined;
  if (HOP_FORM.test(text)) return parseHopForm(text);
  const [traceId = '', spanId = '', parentId = '', flags = '', ...more] = decoded(text).split(':');
  if (more.length > 0 || !isHexId(traceId, 32) || !isHexId(spanId, 16)) return undefined;
  if (!isHexId(parentId, 16) || !isHexId(flags, 2) || isZeroId(traceId) || isZeroId(spanId)) return undefined;
  return {
    traceId: traceId.padStart(32, '0').toLowerCase(),
    spanId: spanId.padStart(16, '0').toLowerCase(),
    parentId: isZeroId(parentId) ? undefined : parentId.padStart(16, '0').toLowerCase(),
    flags: Number.parseInt(flags, 16),
  };
}

function parseHopForm(text: string): RemoteSpan {
  const flags = text.charCodeAt(HOP_LENGTH - 1) - ZERO;
  return { traceId: text.slice(0, 32), spanId: text.slice(33, 49), parentId: undefined, flags };
}

export const uberTraceId: Codec = {
  inject(context, carrier, { httpHeaders }) {
    carrier[UBER_TRACE_ID] = context.toString();
    const { baggage } = context;
    if (baggage === NO_BAGGAGE) return;
    const items = httpHeaders ? baggageForHeaders(baggage) : baggage;
    for (const [key, value] of Object.entries(items))
      carrier[BAGGAGE_PREFIX + key] = httpHeaders ? encodeURIComponent(value) : value;
  },

  extract(carrier, { httpHeaders }) {
    const read = httpHeaders ? decoded : asItIs;
    let span: RemoteSpan | undefined;
    let baggage = NO_BAGGAGE;
    let debugId: string | undefined;
    for (const key of Object.keys(carrier)) {
      const value = carrier[key];
      if (typeof value !== 'string') continue;
      const name = key.toLowerCase();
      if (name === UBER_TRACE_ID) span = parseUberTraceId(value);
      else if (name === DEBUG_ID) debugId = read(value).slice(0, LONGEST_DEBUG_ID);
      else if (name === BAGGAGE_LIST) baggage = withBaggageList(baggage, read(value));
      else if (name.startsWith(BAGGAGE_PREFIX))
        baggage = withBaggageItem(baggage, name.slice(BAGGAGE_PREFIX.length), read(value));
    }
    const isEmpty = span === undefined && baggage === NO_BAGGAGE && !debugId;
    return isEmpty ? undefined : { span, baggage, debugId: debugId || undefined };
  },
};

function withBaggageList(baggage: Baggage, list: string): Baggage {
  let larger = baggage;
  for (const item of list.split(',')) {
    const [key, value, ...more] = item.trim().split('=');
    if (key !== undefined && value !== undefined && more.length === 0)
      larger = withBaggageItem(larger, key, value);
  }
  return larger;
}

const asItIs = (text: string): string => text;

/** As it is where it is no percent-encoding. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
