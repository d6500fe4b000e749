/** Reads the JSON body of a request, and names what is wrong with it. */
import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { BodyTooLargeError, MalformedBodyError, UnsupportedMediaTypeError } from './request-errors.ts';

/** More than any body that a route of ours can use. */
export const BODY_LIMIT_BYTES = 100 * 1024;

/** Puts the JSON object that came in into `ctx.request.body`; no body at all counts as an empty object. */
export function readJsonBody(limitBytes: number = BODY_LIMIT_BYTES): Middleware {
  const parse = bodyParser({
    enableTypes: ['json'],
    jsonLimit: limitBytes,
    encoding: 'latin1', // the bytes as they are: see inUtf8
    onError: (error) => {
      throw requestErrorOf(error, limitBytes);
    },
  });

  return async function readBody(ctx, next) {
    const isEmpty = ctx.request.length === 0;
    if (!isEmpty && ctx.is('application/json') === false) throw new UnsupportedMediaTypeError();
    await parse(ctx, async () => {
      if (Array.isArray(ctx.request.body)) throw new MalformedBodyError();
      ctx.request.body = inUtf8(ctx.request);
      await next();
    });
  };
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The body again, its bytes read as UTF-8. The parser would put U+FFFD for whatever is none, as it is sent by clients that
 * write Latin-1: names would be kept damaged, and passwords would be the same that differ in such letters alone. As every
 * sign that means something in JSON is ASCII, what the parser found well-formed is so in UTF-8.
 */
function inUtf8({ body, rawBody }: Context['request']): unknown {
  if (!rawBody) return body;
  try {
    return JSON.parse(UTF_8.decode(Buffer.from(rawBody, 'latin1')));
  } catch (cause) {
    throw new MalformedBodyError({ cause });
  }
}

/** The parts of the body parser read as streams do: what they throw has a `type`, or nothing but a status. */
function requestErrorOf(cause: Error, limitBytes: number): Error {
  const { type, status } = cause as { type?: string; status?: number };
  if (type === 'entity.too.large') return new BodyTooLargeError(limitBytes, { cause });
  if (type === 'encoding.unsupported' || status === 415) return new UnsupportedMediaTypeError({ cause });
  return new MalformedBodyError({ cause });
}
