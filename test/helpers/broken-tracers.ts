/** Tracers that fail in every way that OpenTracing leaves open to them. */
import opentracing, { type Tracer } from 'opentracing';

/** An object of which every method throws but those in `sound`. */
function broken<Target extends object>(
  target: Target,
  sound: Partial<Record<string, () => unknown>> = {},
): Target {
  return new Proxy(target, {
    get: (_, name) =>
      sound[String(name)] ??
      (() => {
        throw new Error(`${String(name)} is broken`);
      }),
  });
}

const brokenContext = broken(new opentracing.SpanContext());
const brokenSpan = broken(new opentracing.Span());
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
} satisfies Record<string, Tracer>;

/** The name of one of them. */
export type BrokenTracer = keyof typeof brokenTracers;
