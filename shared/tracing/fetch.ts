/** Outgoing HTTP: `fetch` with a client span and the trace's headers. */
import type { Span } from 'opentracing';
import * as opentracing from 'opentracing';
import { currentSpan, isSuppressed } from './current-span.ts';
import { isRecorded } from './recorded.ts';
import { rootTracer } from './root-tracer.ts';
import { markError, reworded } from './span-error.ts';
import * as tag from './tags.ts';

type Fetch = typeof globalThis.fetch;

const CLIENT_TAGS = Object.freeze({ [tag.SPAN_KIND]: tag.CLIENT, [tag.COMPONENT]: 'http' });
const HTTP = /^https?:$/;
const LONGEST_URL = 2048;
/** From here on an answer is an error of the request, as the conventions for HTTP clients have it. */
const FIRST_ERROR_STATUS = 400;

/**
 * `fetch` as a client span: a child of the active span, in a new trace where none is active, named by the method, open
 * until the answer's head is there (redirects included), an error from status 400 on and where the request fails or is
 * aborted. Takes what `fetch` takes, answers what it answers, and changes none of the objects that it is given.
 */
export async function tracedFetch(...[input, init]: Parameters<Fetch>): Promise<Response> {
  if (isSuppressed() || !isDictionary(init)) return fetch(input, init);
  const method = String(init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
  const parent = currentSpan();
  const tracer = parent?.tracer() ?? rootTracer();
  const span = tracer.startSpan(method, { ...(parent && { childOf: parent }), tags: CLIENT_TAGS });
  try {
    describeRequest(span, method, input);
    const response = await fetch(input, withHeaders(init, tracedHeaders(span, input, init)));
    describeResponse(span, response);
    return response;
  } catch (error) {
    markError(span, withoutUserInfo(reasonOf(error), addressOf(input)));
    throw error;
  } finally {
    span.finish();
  }
}

/** The request's own headers with the trace's on top. */
function tracedHeaders(span: Span, input: Parameters<Fetch>[0], init: RequestInit | undefined): Headers {
  const { headers: given = input instanceof Request ? input.headers : undefined } = init ?? {};
  const headers = new Headers(given);
  const carrier: Record<string, string> = {};
  span.tracer().inject(span.context(), opentracing.FORMAT_HTTP_HEADERS, carrier);
  for (const [name, value] of Object.entries(carrier)) {
    try {
      headers.set(name, value);
    } catch {
      // What another tracer injects need be no header: the request goes out without it rather than not at all.
    }
  }
  return headers;
}

/** False for what is no init, and `fetch`'s to refuse. */
function isDictionary(init: unknown): boolean {
  return init === undefined || init === null || typeof init === 'object' || typeof init === 'function';
}

/** The init with other headers. Beside its own members it may have some that only reading shows: it may be a `Request`. */
function withHeaders(init: RequestInit | undefined, headers: Headers): RequestInit {
  if (init === undefined || init === null || isPlain(init)) return { ...init, headers };
  return new Proxy(
    { headers },
    {
      get: (target, name) => (name === 'headers' ? target.headers : Reflect.get(init, name, init)),
    },
  );
}

/** Whether a copy says all that the object does, and asks it nothing. */
function isPlain(init: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(init);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return Object.values(Object.getOwnPropertyDescriptors(init)).every(
    (own) => own.enumerable === true && 'value' in own,
  );
}

/** What is asked for, as far as it is an address. */
function addressOf(input: Parameters<Fetch>[0]): URL | undefined {
  try {
    return new URL(input instanceof Request ? input.url : String(input));
  } catch {
    return undefined;
  }
}

function describeRequest(span: Span, method: string, input: Parameters<Fetch>[0]): void {
  if (!isRecorded(span)) return;
  span.setTag(tag.HTTP_METHOD, method);
  const url = addressOf(input);
  // The address of `data:` and `blob:` is what is in them.
  if (url === undefined || !HTTP.test(url.protocol)) return;
  span.setTag(tag.HTTP_URL, shown(url));
  span.setTag(tag.PEER_SERVICE, url.host);
}

function describeResponse(span: Span, response: Response): void {
  if (!isRecorded(span)) return;
  try {
    const { status, redirected, url } = response;
    span.setTag(tag.HTTP_STATUS_CODE, status);
    if (redirected) span.setTag(tag.HTTP_REDIRECTED_TO, shown(new URL(url)));
    if (status >= FIRST_ERROR_STATUS) span.setTag(tag.ERROR, true);
  } catch {
    // What stands in for `fetch` in a test may answer anything.
  }
}

/** `fetch` fails with a TypeError that says next to nothing itself. */
function reasonOf(error: unknown): unknown {
  return error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
}

/** The error without the name and password that an address may hold: `fetch` refuses such an address, and quotes it. */
function withoutUserInfo(error: unknown, url: URL | undefined): unknown {
  if (!(error instanceof Error) || !url || (url.username === '' && url.password === '')) return error;
  return reworded(error, (text) => text.replaceAll(/\/\/[^\s/?#]*@\S*/g, `//${url.host}`));
}

/** Without query and user info: that is where secrets are. */
function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`.slice(0, LONGEST_URL);
}
