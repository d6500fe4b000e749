/** Reads the JSON body of a request, and names what is wrong with it. */
import { bodyParser } from '@koa/bodyparser';
import type { Middleware } from 'koa';
import { BodyTooLargeError, MalformedBodyError, UnsupportedMediaTypeError } from './request-errors.ts';

/** More than any body that a route of ours can use. */
export const BODY_LIMIT_BYTES = 100 * 1024;

/** Puts the JSON object that came in into `ctx.request.body`; no body at all counts as an empty object. */
export function readJsonBody(limitBytes: number = BODY_LIMIT_BYTES): Middleware {
  const read = bodyParser({
    enableTypes: ['text'],
    extendTypes: { text: ['application/json'] },
    textLimit: limitBytes,
    encoding: 'latin1', // the bytes as they are: see objectIn
    onError: (error) => {
      throw requestErrorOf(error, limitBytes);
    },
  });

  return async function readBody(ctx, next) {
    const isEmpty = ctx.request.length === 0;
    if (!isEmpty && ctx.is('application/json') === false) throw new UnsupportedMediaTypeError();
    await read(ctx, async () => {
      const body: unknown = ctx.request.body;
      if (typeof body === 'string')
        ctx.request.body = body === '' ? {} : objectIn(Buffer.from(body, 'latin1'));
      await next();
    });
  };
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The object that the bytes are, in UTF-8 with a byte order mark or without. Bytes that are none, as clients send them that
 * write Latin-1, are refused: with U+FFFD in their place, as parsers put it, names would be kept damaged, and passwords would
 * be the same that differ in such letters alone.
 */
function objectIn(bytes: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(UTF_8.decode(bytes));
  } catch (cause) {
    throw new MalformedBodyError({ cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedBodyError();
  // Whoever copies the object property by property would make this one its prototype.
  if (Object.hasOwn(value, '__proto__')) throw new MalformedBodyError();
  return value;
}

/** The parts of the body parser read as streams do: what they throw has a `type`, or nothing but a status. */
function requestErrorOf(cause: Error, limitBytes: number): Error {
  const { type, status } = cause as { type?: string; status?: number };
  if (type === 'entity.too.large') return new BodyTooLargeError(limitBytes, { cause });
  if (type === 'encoding.unsupported' || status === 415) return new UnsupportedMediaTypeError({ cause });
  return new MalformedBodyError({ cause });
}
