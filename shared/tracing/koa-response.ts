/** Koa: what has become of a response, over HTTP/1 and over HTTP/2, whose compatible API differs just in this. */
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import { isHangUp } from './hang-up.ts';
import { STATUS_CODES } from './node-http.ts';

/** What Node's HTTP/2 adds to a request and a response. */
interface Http2Parts {
  readonly stream?: { readonly destroyed: boolean };
}

/** True where the response has been closed already: nothing more will be heard of it. */
export function isClosed(res: ServerResponse): boolean {
  return res.closed === true || (res as Http2Parts).stream?.destroyed === true;
}

/** True where not all of the response has gone out. HTTP/2 counts what it has thrown away as finished. */
export function isAborted({ req, res }: Context): boolean {
  return !res.writableFinished || (req.httpVersionMajor > 1 && req.aborted);
}

/** The status that went out. An answer that was written as a whole, but not taken, may never have left. */
export function sentStatus(ctx: Context): number | undefined {
  const { headersSent, writableEnded, statusCode } = ctx.res;
  return headersSent && !(isAborted(ctx) && writableEnded) ? statusCode : undefined;
}

/** What an application says of a request that has failed. */
export interface Failures {
  /** What came out of its middlewares. */
  readonly thrown: unknown;
  /** What it was told of by its `error` event; it may have been answered, and well. */
  readonly told: unknown;
  /** Whether the client had left when the first of these came. */
  readonly clientHadLeft: boolean;
}

/**
 * What failed, where the server is at fault: a status from 500 on, or an answer that broke off behind its head, whether
 * the code threw or the body's stream did. A client that hangs up is no error, nor is what is given up for that.
 */
export function failureOf(ctx: Context, { thrown, told, clientHadLeft }: Failures): unknown {
  const { res } = ctx;
  if (res.headersSent && res.statusCode >= 500) return thrown ?? told ?? new HttpError(ctx);
  if (!isAborted(ctx)) return undefined;
  const failure = thrown ?? (ctx.body as { errored?: unknown } | null | undefined)?.errored ?? undefined;
  return isHangUp(failure) || (clientHadLeft && isGivenUp(failure)) ? undefined : failure;
}

/** What Node fails with by an AbortSignal. */
function isGivenUp(failure: unknown): boolean {
  return (failure as { name?: unknown } | null | undefined)?.name === 'AbortError';
}

/** The failure of a request whose error was answered before it came to us. */
class HttpError extends Error {
  constructor({ req, res: { statusCode }, res }: Context) {
    // HTTP/2 has no words beside the status, and warns of whoever reads them.
    const words = (req.httpVersionMajor > 1 ? STATUS_CODES[statusCode] : res.statusMessage) ?? '';
    super(`answered ${statusCode} ${words}`.trim());
    this.name = 'HttpError';
    delete this.stack;
  }
}
