/** Where everything is joined: one backend, its tracers, and the two middlewares that make spans with them. */
import type { Middleware as KoaMiddleware } from 'koa';
import type { Middleware as MoleculerMiddleware } from 'moleculer';
import type { Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import type { Backend, BackendStats, CloseResult } from './backends/backend.ts';
import { createBackend } from './backends/create-backend.ts';
import { type KoaOptions, koaMiddleware } from './koa.ts';
import { readKoaOptions } from './koa-options.ts';
import { disabledMiddleware } from './moleculer/disabled.ts';
import { type MoleculerOptions, moleculerMiddleware } from './moleculer/middleware.ts';
import { readMoleculerOptions } from './moleculer/read-options.ts';
import type { TracingOptions } from './options.ts';
import { readSettings, type TracingSettings } from './settings.ts';
import { NODE_ID } from './tags.ts';
import { setQueryUrl } from './trace-url.ts';

/** How long {@link Tracing.close} may take, where nothing is said. */
const CLOSE_DEADLINE_MS = 5000;

/** How long a broker's stop may wait for its spans; those left are sent on, or at the close. */
const FLUSH_DEADLINE_MS = 2000;

/** The middlewares where there are no spans. */
const DISABLED: Pick<Tracing, 'koa' | 'moleculer'> = {
  koa(options = {}) {
    readKoaOptions(options, 'none'); // what is wrong is wrong wherever it runs
    return (_, next) => next();
  },
  moleculer(options) {
    readMoleculerOptions(options);
    return disabledMiddleware();
  },
};

/** The tracing of one process. */
export interface Tracing {
  /**
   * The middleware for a Koa application: one server span per request. Use it first.
   * Throws a {@link TracingOptionsError} that names every option that is not as it must be.
   */
  koa(options?: KoaOptions): KoaMiddleware;
  /**
   * The middleware for a Moleculer broker: spans for calls, actions, events and streams. Flushes when the broker has stopped.
   * Throws a {@link TracingOptionsError} that names every option that is not as it must be.
   */
  moleculer(options?: MoleculerOptions): MoleculerMiddleware;
  /** A tracer whose spans carry this service's name; the same one for the same name. */
  tracerFor(service: string): Tracer;
  /** Spans that are recorded: started, finished, unfinished, sent, dropped by reason, queued; bytes; failed and retried requests. */
  stats(): BackendStats;
  /**
   * Stops, sends what is queued, and resolves with what was sent and dropped in this process's whole life, in spans.
   * Never rejects, never outlives its deadline (5000 ms where none is given), and is safe to call twice.
   */
  close(options?: { deadlineMs?: number }): Promise<CloseResult>;
}

/**
 * Checks the options, picks the backend, and makes it OpenTracing's global tracer; opens nothing before the first span.
 * Throws a {@link TracingOptionsError} that names every option or variable that is not as it must be.
 */
export function createTracing(options: TracingOptions = {}): Tracing {
  const settings = readSettings(options);
  return assembleTracing(settings, createBackend(settings));
}

/** The tracing over a backend that exists already. */
export function assembleTracing(settings: TracingSettings, backend: Backend): Tracing {
  const tracers = new Map<string, Tracer>();
  const tracerFor = (service: string): Tracer => {
    let tracer = tracers.get(service);
    if (tracer === undefined) {
      tracer = backend.createTracer(service);
      tracers.set(service, tracer);
    }
    return tracer;
  };
  const flush = (): Promise<void> => backend.flush({ deadlineMs: FLUSH_DEADLINE_MS });
  const nodes = new Set<{ nodeID: string; stopped: boolean }>();
  const addNode = (nodeID: string): (() => void) => {
    // Those that have stopped are forgotten only now: what was left of their spans at their stop was still to be sent.
    for (const node of nodes) if (node.stopped) nodes.delete(node);
    const added = { nodeID, stopped: false };
    nodes.add(added);
    const ids = new Set([...nodes].map((node) => node.nodeID));
    backend.describeProcess?.({ [NODE_ID]: [...ids].join(', ') });
    return () => {
      added.stopped = true;
    };
  };
  let closing: Promise<CloseResult> | undefined;
  // As a callback it is given null, or an error, or whatever else has happened.
  const close: Tracing['close'] = (options) => {
    closing ??= backend.close({ deadlineMs: options?.deadlineMs ?? CLOSE_DEADLINE_MS });
    return closing;
  };

  const koa: Tracing['koa'] = (options = {}) =>
    koaMiddleware(tracerFor(settings.service), readKoaOptions(options, settings.trust));
  const moleculer: Tracing['moleculer'] = (options) =>
    moleculerMiddleware(
      { tracerFor, service: settings.service, addNode, flush },
      readMoleculerOptions(options),
    );

  opentracing.initGlobalTracer(tracerFor(settings.service));
  setQueryUrl(settings.queryUrl);
  const middlewares = backend.enabled ? { koa, moleculer } : DISABLED;
  return {
    ...middlewares,
    tracerFor,
    stats: () => backend.stats(),
    close,
  };
}
