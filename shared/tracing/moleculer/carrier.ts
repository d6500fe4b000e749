/**
 * The context of a span as it travels in `meta.$trace`: for one hop, put into a copy of the meta as it is sent, taken out
 * on arrival, never merged back.
 */
import type { Span, SpanContext, Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import { UBER_TRACE_ID } from '../propagation/uber-trace-id.ts';

/** The key in a call's meta. */
export const TRACE_KEY = '$trace';

/** Most contexts are one text; those with baggage, or of other tracers, are a map of texts. */
export type Carrier = string | Record<string, string>;

/** Stands where a context would be in work that is not to be traced, on whatever node it goes on. */
export const SUPPRESSED_CARRIER = '0';

/** A call's meta. */
export type Meta = Record<string, unknown>;

/** What an assignment makes of any key but `__proto__`, which JSON can bring and which must not become a prototype. */
const OWN_DATA = { configurable: true, enumerable: true, writable: true };

const MOST_ENTRIES = 80;
const LONGEST_ENTRY = 8192;

/** A tracer that writes and reads a context as one text, without a map in between. */
interface TextTracer extends Tracer {
  /** Undefined where more than the context has to travel. */
  contextText(span: Span): string | undefined;
  contextFromText(text: string): SpanContext | undefined;
}

function isTextTracer(tracer: Tracer): tracer is TextTracer {
  return 'contextText' in tracer;
}

/** The carrier that names `span` as the parent of whatever the message causes. */
export function carrierOf(span: Span): Carrier {
  const tracer = span.tracer();
  const text = isTextTracer(tracer) ? tracer.contextText(span) : undefined;
  if (text !== undefined) return text;
  const map: Record<string, string> = {};
  span.tracer().inject(span.context(), opentracing.FORMAT_TEXT_MAP, map);
  const context = map[UBER_TRACE_ID];
  if (context !== undefined && isAlone(map)) return context;
  return map;
}

/** The context that a carrier names, or undefined: whatever a peer sent, nothing is thrown. */
export function contextFrom(carrier: unknown, tracer: Tracer): SpanContext | undefined {
  if (typeof carrier === 'string' && isTextTracer(tracer)) return tracer.contextFromText(carrier);
  const map = typeof carrier === 'string' ? { [UBER_TRACE_ID]: carrier } : textMap(carrier);
  if (map === undefined) return undefined;
  try {
    return tracer.extract(opentracing.FORMAT_TEXT_MAP, map) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * A copy of `meta` with the carrier in it; where it says itself what of it is to be sent, of that. What is no object of
 * names and values, or cannot be looked at, is sent as it is, without a carrier: nobody could take it out again.
 */
export function withCarrier(meta: Meta | null | undefined, carrier: Carrier): Meta {
  if (meta === undefined || meta === null) return { [TRACE_KEY]: carrier };
  if (!isNamed(meta)) return meta;
  try {
    const copy: Meta = { ...meta, [TRACE_KEY]: carrier };
    if (typeof meta['toJSON'] !== 'function') return copy;
    // Not for serializers that take what they find.
    return Object.defineProperty(copy, 'toJSON', { value: (key: string) => shownWith(meta, key, carrier) });
  } catch {
    return meta; // a Proxy, or a getter, that throws: it is the serializer's to find out
  }
}

function shownWith(meta: Meta, key: string, carrier: Carrier): unknown {
  const shown = (meta as { toJSON(key: string): unknown }).toJSON(key);
  return isNamed(shown) ? { ...shown, [TRACE_KEY]: carrier } : shown;
}

function isNamed(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `meta` itself where no carrier is in it, else a copy without. Deleting the key would make every later use of the object slow. */
export function withoutCarrier(meta: Meta): Meta {
  if (!(TRACE_KEY in meta)) return meta;
  const rest: Meta = {};
  for (const key in meta) {
    if (key === TRACE_KEY || !Object.hasOwn(meta, key)) continue;
    if (key === '__proto__') Object.defineProperty(rest, key, { ...OWN_DATA, value: meta[key] });
    else rest[key] = meta[key];
  }
  return rest;
}

/**
 * Takes the carrier out of the meta of a context or packet, before anybody sees it. A local call's meta is whatever the
 * application gave: in what cannot be asked, there is none.
 */
export function takeCarrier(message: { meta?: unknown }): unknown {
  try {
    const meta = message.meta as Meta | null | undefined;
    const carrier = meta?.[TRACE_KEY];
    if (carrier !== undefined) message.meta = withoutCarrier(meta as Meta);
    return carrier;
  } catch {
    return undefined; // a Proxy, or a getter, that throws
  }
}

/** What the handlers of one event see of a meta that came with a carrier: one object for all of them, as without tracing. */
const seenMeta = new WeakMap<Meta, Meta>();

/** The same of an event, whose meta its handlers share. */
export function takeEventCarrier(ctx: { meta?: unknown }): unknown {
  try {
    const meta = ctx.meta as Meta | null | undefined;
    const carrier = meta?.[TRACE_KEY];
    if (carrier === undefined) return undefined;
    let seen = seenMeta.get(meta as Meta);
    if (seen === undefined) {
      seen = withoutCarrier(meta as Meta);
      seenMeta.set(meta as Meta, seen);
    }
    ctx.meta = seen;
    return carrier;
  } catch {
    return undefined;
  }
}

function isAlone(map: Record<string, string>): boolean {
  let entries = 0;
  for (const _ in map) if (++entries > 1) return false;
  return true;
}

/** The texts of a map that a peer sent, as many and as long as can be meant. */
function textMap(carrier: unknown): Record<string, string> | undefined {
  if (typeof carrier !== 'object' || carrier === null || Array.isArray(carrier)) return undefined;
  const map: Record<string, string> = {};
  let entries = 0;
  for (const [key, value] of Object.entries(carrier)) {
    if (typeof value !== 'string' || value.length > LONGEST_ENTRY || ++entries > MOST_ENTRIES)
      return undefined;
    map[key] = value;
  }
  return map;
}
