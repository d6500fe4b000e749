/** Tracemesh's tracing library: OpenTracing spans around Koa, Moleculer and SQLite, delivered to Jaeger. */
export type { BackendStats, CloseResult } from './backends/backend.ts';
export { currentSpan } from './current-span.ts';
export { MoleculerTracingError, TracingOptionsError } from './errors.ts';
export { tracedFetch } from './fetch.ts';
export { type InSpanOptions, inSpan } from './in-span.ts';
export type { KoaOptions } from './koa.ts';
export { traceFields } from './log-fields.ts';
export { type LogLine, logOnSpan } from './log-on-span.ts';
export type { MoleculerOptions } from './moleculer/middleware.ts';
export type { BackendFactory, BackendName, TracingLogger, TracingOptions } from './options.ts';
export type { TrustPolicy } from './propagation/trust.ts';
export { type TracedDatabaseOptions, tracedDatabase } from './sqlite.ts';
export { traceUrl } from './trace-url.ts';
export { createTracing, type Tracing } from './tracing.ts';
