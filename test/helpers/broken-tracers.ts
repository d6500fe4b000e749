/** Tracers that fail in every way that OpenTracing leaves open to them. */
import opentracing, { type Tracer } from 'opentracing';

type Methods = Partial<Record<string, () => unknown>>;

/** An object of which every method throws but those in `sound`. */
function broken<Target extends object>(target: Target, sound: Methods = {}): Target {
  return failing(target, sound, (error) => {
    throw error;
  });
}

/** An object of which every method answers a promise that rejects, but those in `sound`. */
function rejecting<Target extends object>(target: Target, sound: Methods = {}): Target {
  return failing(target, sound, (error) => Promise.reject(error));
}

function failing<Target extends object>(
  target: Target,
  sound: Methods,
  fail: (error: Error) => unknown,
): Target {
  return new Proxy(target, {
    get: (_, name) => sound[String(name)] ?? (() => fail(new Error(`${String(name)} is broken`))),
  });
}

const brokenContext = broken(new opentracing.SpanContext());
const brokenSpan = broken(new opentracing.Span());
const rejectingContext = rejecting(new opentracing.SpanContext());
const rejectingSpan = rejecting(new opentracing.Span());
const halfRejectingSpan = rejecting(new opentracing.Span(), { context: () => rejectingContext });
const halfBrokenSpan = broken(new opentracing.Span(), { context: () => brokenContext });

/** By what is wrong with them: "a tracer ...". */
export const brokenTracers = {
  'that throws in every method': broken(new opentracing.Tracer()),
  'whose spans throw in every method': broken(new opentracing.Tracer(), { startSpan: () => brokenSpan }),
  'whose contexts throw in every method': broken(new opentracing.Tracer(), {
    startSpan: () => halfBrokenSpan,
  }),
  'that returns nothing': broken(new opentracing.Tracer(), {
    startSpan: () => undefined,
    extract: () => undefined,
  }),
  'that rejects in every method': rejecting(new opentracing.Tracer()),
  'whose spans reject in every method': rejecting(new opentracing.Tracer(), {
    startSpan: () => rejectingSpan,
  }),
  'whose contexts reject in every method': rejecting(new opentracing.Tracer(), {
    startSpan: () => halfRejectingSpan,
  }),
} satisfies Record<string, Tracer>;

/** The name of one of them. */
export type BrokenTracer = keyof typeof brokenTracers;
