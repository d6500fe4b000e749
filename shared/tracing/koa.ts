/** Koa: one server span for every request, named by the route that matched, until the response has gone out. */
import type { ServerResponse } from 'node:http';
import type Application from 'koa';
import type { Context, Middleware } from 'koa';
import type { Span, SpanContext, Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import { captureTags } from './capture.ts';
import { SUPPRESSED, withSpan } from './current-span.ts';
import { failureOf, isAborted, isClosed, sentStatus } from './koa-response.ts';
import { matchedRoute } from './koa-route.ts';
import { METHODS } from './node-http.ts';
import { type TrustPolicy, trustOf } from './propagation/trust.ts';
import { isRecorded } from './recorded.ts';
import { growTags, remembered } from './shared-tags.ts';
import { markError } from './span-error.ts';
import * as tag from './tags.ts';
import { textOf } from './text.ts';
import { traceIdOf } from './trace-id.ts';

/** The options of {@link Tracing.koa}. */
export interface KoaOptions {
  /** What incoming headers may decide. @default the tracing's own policy */
  trust?: TrustPolicy | undefined;
  /** Paths that are not traced, nor what their requests cause; a final `*` stands for any rest. @default /health/* and /metrics */
  ignore?: readonly string[] | undefined;
  /** Request headers to show as tags, by name; secrets among them stay hidden. @default none */
  headers?: readonly string[] | undefined;
  /** Show the query in `http.url`; it is where secrets and unbounded values are. @default false */
  query?: boolean | undefined;
}

/** The response header that carries the trace's id, 32 hex digits. */
const TRACE_ID_HEADER = 'x-trace-id';
const LONGEST_TRACE_ID = 128;

const IGNORED = ['/health/*', '/metrics'];
const SERVER_TAGS = Object.freeze({ [tag.SPAN_KIND]: tag.SERVER, [tag.COMPONENT]: 'koa' });
const LONGEST_URL = 2048;

/** In the names of spans: over HTTP/2 a client may call a method what it likes. */
const UNKNOWN_METHOD = 'HTTP';
const KNOWN_METHODS = new Set(METHODS);

function methodOf({ method }: Context): string {
  return KNOWN_METHODS.has(method) ? method : UNKNOWN_METHOD;
}

/** The middleware over the tracer of the service that answers the requests. */
export function koaMiddleware(tracer: Tracer, options: KoaOptions & { trust: TrustPolicy }): Middleware {
  const isIgnored = pathMatcher(options.ignore ?? IGNORED);

  // No async function: it would take a promise more, and everything that it has to remember.
  return function traceRequest(ctx, next) {
    if (REQUEST in ctx.req) {
      // An application that is mounted in another one: the request has its span, or is to have none.
      listenForErrors(ctx.app);
      return next();
    }
    // As koa-websocket has it for a connection that was upgraded: there is no answer whose end would be the span's.
    if ((ctx.res as ServerResponse | undefined) === undefined) return next();
    if (isIgnored(pathOf(ctx))) {
      (ctx.req as RequestHolder)[REQUEST] = undefined;
      return withSpan(SUPPRESSED, next, undefined);
    }
    const parent = callerOf(ctx, tracer, options.trust);
    const begunAs = methodOf(ctx);
    const span = tracer.startSpan(begunAs, parent ? { childOf: parent } : undefined);
    if (isRecorded(span)) growTags(span, undefined, SERVER_TAGS);
    const traceId = showTraceId(ctx.res, traceIdOf(span));
    const request: TracedRequest = {
      ctx,
      span,
      begunAs,
      traceId,
      options,
      thrown: undefined,
      told: undefined,
      clientHadLeft: false,
    };
    (ctx.req as RequestHolder)[REQUEST] = request;
    listenForErrors(ctx.app);
    // Who has waited in a middleware before this one may find the client gone.
    const isLate = isClosed(ctx.res);
    if (!isLate) ctx.res.on('close', () => finishRequest(request));
    const answered = withSpan(span, next, undefined).catch((error) => {
      noteFailure(request, 'thrown', error);
      keepHeader(request);
      throw error;
    });
    return isLate ? answered.finally(() => finishRequest(request)) : answered;
  };
}

interface TracedRequest {
  readonly ctx: Context;
  readonly span: Span;
  /** The name of the span as long as nobody has given it another. */
  readonly begunAs: string;
  /** As it is in the header; empty where there is none. */
  readonly traceId: string;
  readonly options: KoaOptions;
  thrown: unknown;
  told: unknown;
  clientHadLeft: boolean;
}

function noteFailure(request: TracedRequest, how: 'thrown' | 'told', error: unknown): void {
  if (request.thrown === undefined && request.told === undefined)
    request.clientHadLeft = request.ctx.req.aborted;
  request[how] ??= error;
}

const REQUEST = Symbol('traced request');

/** Undefined on a request that is ignored. */
type RequestHolder = { [REQUEST]?: TracedRequest | undefined };

const heard = new WeakSet<Application>();

/**
 * Errors that somebody further in has answered are told to the application, as Koa has it. Only once requests come:
 * Koa prints errors itself where it finds no listener as it starts, and must go on doing so.
 */
function listenForErrors(app: Application): void {
  if (heard.has(app)) return;
  heard.add(app);
  app.on('error', (error: unknown, ctx?: { readonly req?: RequestHolder }) => {
    const request = ctx?.req?.[REQUEST];
    if (request === undefined) return;
    noteFailure(request, 'told', error);
    keepHeader(request);
  });
}

/** Ends the span when the response is out or its connection is gone; only then is the status what the client saw. */
function finishRequest(request: TracedRequest): void {
  const { ctx, span } = request;
  try {
    if (!isRecorded(span)) return;
    if (isAborted(ctx)) span.setTag(tag.HTTP_ABORTED, true);
    const failure = failureOf(ctx, request);
    if (failure !== undefined) markError(span, failure);
    describeRequest(request);
  } catch (error) {
    // Nobody is left to answer for what the application has made of its context: it would end the process.
    span.log({ event: 'not described', message: textOf(error) });
  } finally {
    span.finish();
  }
}

/**
 * Koa throws where the target of a request is no URL, and answers null where it is one without a path, such as `x://`;
 * what that comes to is for the application to say.
 */
function pathOf(ctx: Context): string {
  try {
    return (ctx.path as string | null) ?? '';
  } catch {
    return '';
  }
}

function describeRequest({ ctx, span, begunAs, options }: TracedRequest): void {
  const method = methodOf(ctx);
  const { name, withStatus } = answerOf(method)(matchedRoute(ctx));
  if (isNamed(span, begunAs)) span.setOperationName(name);
  growTags(span, SERVER_TAGS, withStatus(sentStatus(ctx)));
  if (method === UNKNOWN_METHOD) span.setTag(tag.HTTP_METHOD, ctx.method);
  span.setTag(tag.HTTP_URL, requestUrl(ctx, options.query === true));
  if (options.headers) span.addTags(captureTags(tag.HTTP_HEADER, ctx.req.headers, options.headers));
}

/** Whether a span has this name still, or does not say which. OpenTracing lets names be set, and not be read. */
function isNamed(span: Span, name: string): boolean {
  const { operationName = name } = span as { operationName?: unknown };
  return operationName === name;
}

/** What the spans of one method, route and status have in common: no route where none matched, no status where none went out. */
const answerOf = remembered((method: string) =>
  remembered((route: string | undefined) => ({
    name: route === undefined ? method : `${method} ${route}`,
    withStatus: remembered((status: number | undefined) =>
      Object.freeze({
        ...SERVER_TAGS,
        [tag.HTTP_METHOD]: method,
        ...(route !== undefined && { [tag.HTTP_ROUTE]: route }),
        ...(status !== undefined && { [tag.HTTP_STATUS_CODE]: status }),
      }),
    ),
  })),
);

/** The span that the request's headers name, as far as they are trusted. */
function callerOf({ req }: Context, tracer: Tracer, policy: TrustPolicy): SpanContext | undefined {
  const trust = trustOf(req, policy);
  if (trust === 'none') return undefined;
  const caller = tracer.extract(opentracing.FORMAT_HTTP_HEADERS, req.headers) ?? undefined;
  if (trust === 'all' || caller === undefined) return caller;
  // A tracer that cannot tell the ids from what was decided with them is told nothing.
  return 'undecided' in caller ? (caller as { undecided(): SpanContext }).undecided() : undefined;
}

function requestUrl(ctx: Context, withQuery: boolean): string {
  const target = targetOf(ctx);
  // The connection that would say so is gone, over HTTP/2.
  const protocol = (ctx.req as { scheme?: unknown }).scheme === 'https' ? 'https' : ctx.protocol;
  return `${protocol}://${ctx.host}${withQuery ? target : target.split('?', 1)[0]}`.slice(0, LONGEST_URL);
}

/** Path and query as the client asked, whatever has been made of them since; nothing where that is no URL, or has no path. */
function targetOf(ctx: Context): string {
  if (ctx.originalUrl.startsWith('/')) return ctx.originalUrl;
  const path = pathOf(ctx);
  return path === '' ? '' : path + ctx.search;
}

/** Answers the id that went into the headers: an application's own tracer may have one that fits into none. */
function showTraceId(res: ServerResponse, traceId: string): string {
  if (traceId === '' || traceId.length > LONGEST_TRACE_ID || res.headersSent) return '';
  try {
    res.setHeader(TRACE_ID_HEADER, traceId);
    return traceId;
  } catch {
    return '';
  }
}

/** Koa's default answer to an error first removes all headers; ours is put back as the answer goes out. */
function keepHeader({ ctx: { res }, traceId }: TracedRequest): void {
  if (traceId === '' || res.headersSent) return;
  const end = res.end;
  res.end = function endWithTraceId(this: ServerResponse, ...args: never) {
    showTraceId(res, traceId);
    return end.apply(res, args);
  } as typeof res.end;
}

function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const prefixes = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  return (path) => {
    for (const prefix of prefixes) if (path.startsWith(prefix)) return true;
    return exact.has(path);
  };
}
