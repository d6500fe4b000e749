/** Koa: one server span for every request, named by the route that matched, until the response has gone out. */
import type { ServerResponse } from 'node:http';
import type Application from 'koa';
import type { Context, Middleware } from 'koa';
import opentracing, { type Span, type SpanContext, type Tracer } from 'opentracing';
import { captureTags } from './capture.ts';
import { SUPPRESSED, withSpan } from './current-span.ts';
import { isHangUp } from './hang-up.ts';
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
  trust?: TrustPolicy;
  /** Paths that are not traced, nor anything below them; a final `*` stands for any rest. @default /health/* and /metrics */
  ignore?: readonly string[];
  /** Request headers to show as tags, by name; secrets among them stay hidden. @default none */
  headers?: readonly string[];
  /** Show the query in `http.url`; it is where secrets and unbounded values are. @default false */
  query?: boolean;
}

/** The response header that carries the trace's id, 32 hex digits. */
const TRACE_ID_HEADER = 'x-trace-id';

const IGNORED = ['/health/*', '/metrics'];
const SERVER_TAGS = Object.freeze({ [tag.SPAN_KIND]: tag.SERVER, [tag.COMPONENT]: 'koa' });
const LONGEST_URL = 2048;

/** The middleware over the tracer of the service that answers the requests. */
export function koaMiddleware(tracer: Tracer, options: KoaOptions & { trust: TrustPolicy }): Middleware {
  const isIgnored = pathMatcher(options.ignore ?? IGNORED);

  // No async function: it would take a promise more, and everything that it has to remember.
  return function traceRequest(ctx, next) {
    if (REQUEST in ctx.req) {
      // An application that is mounted in another one: the request has its span.
      listenForErrors(ctx.app);
      return next();
    }
    if (isIgnored(pathOf(ctx))) return withSpan(SUPPRESSED, next, undefined);
    const parent = callerOf(ctx, tracer, options.trust);
    const span = tracer.startSpan(ctx.method, parent ? { childOf: parent } : undefined);
    if (isRecorded(span)) growTags(span, undefined, SERVER_TAGS);
    const traceId = traceIdOf(span);
    if (traceId !== '' && !ctx.res.headersSent) ctx.res.setHeader(TRACE_ID_HEADER, traceId);
    const request: TracedRequest = { ctx, span, options, thrown: undefined };
    (ctx.req as RequestHolder)[REQUEST] = request;
    listenForErrors(ctx.app);
    ctx.res.on('close', () => finishRequest(request));
    return withSpan(span, next, undefined).catch((error) => {
      request.thrown = error;
      keepHeader(ctx.res, traceId);
      throw error;
    });
  };
}

interface TracedRequest {
  readonly ctx: Context;
  readonly span: Span;
  readonly options: KoaOptions;
  thrown: unknown;
}

const REQUEST = Symbol('traced request');

type RequestHolder = { [REQUEST]?: TracedRequest };

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
    if (request) request.thrown ??= error;
  });
}

/** Ends the span when the response is out or its connection is gone; only then is the status what the client saw. */
function finishRequest(request: TracedRequest): void {
  const { ctx, span } = request;
  try {
    if (!isRecorded(span)) return;
    if (!ctx.res.writableFinished) span.setTag(tag.HTTP_ABORTED, true);
    const failure = failureOf(request);
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

function describeRequest({ ctx, span, options }: TracedRequest): void {
  const { res } = ctx;
  const { name, withStatus } = answerOf(ctx.method)(matchedRoute(ctx));
  span.setOperationName(name);
  // An answer that was written as a whole, but not taken, may never have left.
  const isSent = res.headersSent && (res.writableFinished || !res.writableEnded);
  growTags(span, SERVER_TAGS, withStatus(isSent ? res.statusCode : undefined));
  span.setTag(tag.HTTP_URL, requestUrl(ctx, options.query === true));
  if (options.headers) span.addTags(captureTags(tag.HTTP_HEADER, ctx.req.headers, options.headers));
}

/** What the spans of a method, a route and a status have in common; where no route matched, or no status went out, without. */
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

/**
 * What failed, where the server is at fault: a status from 500 on, or an answer that broke off behind its head, whether
 * the code threw or the body's stream did. A client that hangs up is no error.
 */
function failureOf({ ctx, thrown }: TracedRequest): unknown {
  const { res } = ctx;
  if (res.headersSent && res.statusCode >= 500) return thrown ?? new HttpError(res);
  if (res.writableFinished) return undefined;
  const failure = thrown ?? (ctx.body as { errored?: unknown } | null | undefined)?.errored ?? undefined;
  return isHangUp(failure) ? undefined : failure;
}

/** The failure of a request whose error was answered before it came to us. */
class HttpError extends Error {
  constructor({ statusCode, statusMessage }: ServerResponse) {
    super(`answered ${statusCode} ${statusMessage ?? ''}`.trim());
    this.name = 'HttpError';
    delete this.stack;
  }
}

/** The span that the request's headers name, as far as they are trusted. */
function callerOf({ req }: Context, tracer: Tracer, policy: TrustPolicy): SpanContext | undefined {
  const trust = trustOf(req, policy);
  if (trust === 'none') return undefined;
  const caller = tracer.extract(opentracing.FORMAT_HTTP_HEADERS, req.headers) ?? undefined;
  if (trust === 'all' || caller === undefined) return caller;
  // A tracer that cannot tell the ids from what was decided with them is told nothing.
  return 'undecided' in caller ? (caller as { undecided(): SpanContext }).undecided() : undefined;
}

/** What @koa/router leaves on the context, and koa-mount. */
interface RouterState {
  _matchedRoute?: unknown;
  mountPath?: unknown;
  matched?: readonly { path: unknown; methods: readonly string[] }[];
}

/**
 * The pattern of the route that answered, or would have: a guard in front of it (`router.use`) matches too, but carries
 * no method. Undefined where no route is for this path and method.
 */
function matchedRoute(ctx: Context): string | undefined {
  const { _matchedRoute: latest, matched = [], mountPath } = ctx as RouterState;
  let route: unknown;
  for (const { path, methods } of matched) {
    if (!methods.includes(ctx.method)) continue;
    route = path;
    if (path === latest) break;
  }
  return route === undefined ? undefined : mounted(String(route), mountPath, ctx);
}

/** The route with the path before it at which its application is mounted; a route of the outer application begins with it. */
function mounted(route: string, mountPath: unknown, { originalUrl }: Context): string {
  if (typeof mountPath !== 'string' || route.startsWith(mountPath)) return route;
  return originalUrl.startsWith(mountPath) ? mountPath.replace(/\/$/, '') + route : route;
}

function requestUrl(ctx: Context, withQuery: boolean): string {
  const target = targetOf(ctx);
  return `${ctx.protocol}://${ctx.host}${withQuery ? target : target.split('?', 1)[0]}`.slice(0, LONGEST_URL);
}

/** Path and query as the client asked, whatever has been made of them since; nothing where that is no URL, or has no path. */
function targetOf(ctx: Context): string {
  if (ctx.originalUrl.startsWith('/')) return ctx.originalUrl;
  const path = pathOf(ctx);
  return path === '' ? '' : path + ctx.search;
}

/** Koa's default answer to an error first removes all headers; ours is put back as the answer goes out. */
function keepHeader(res: ServerResponse, traceId: string): void {
  if (traceId === '' || res.headersSent) return;
  const end = res.end;
  res.end = function endWithTraceId(this: ServerResponse, ...args: never) {
    if (!res.headersSent) res.setHeader(TRACE_ID_HEADER, traceId);
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
