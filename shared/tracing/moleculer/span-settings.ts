/**
 * What an action or event says of its own span, in Moleculer's form, so that a migrating service needs no edit:
 * `tracing: false | true | { enabled, spanName, tags: { params, meta, response } }`, `tags` also as a function.
 */
import type { Context } from 'moleculer';
import type { Span } from 'opentracing';
import { type Capture, captureAll, captureTags, REDACTED_NAMES } from '../capture.ts';
import { textOf } from '../text.ts';
import { isThenable } from '../thenable.ts';

/** What is captured where an action or event says nothing. */
export interface CaptureOptions {
  /** Parameters (of events: the payload), by name. @default none */
  params?: Capture;
  /** Meta, by name. @default none */
  meta?: Capture;
  /** Call headers, by name. @default none */
  headers?: Capture;
  /** The response, by name. @default none */
  response?: Capture;
}

/** The same for a whole broker, and what is hidden in all that is captured. */
export interface CaptureDefaults extends CaptureOptions {
  /** Names whose values are never shown. @default passwords, tokens, secrets, cookies, keys, card numbers and the like */
  redact?: readonly RegExp[];
}

type TagsFunction = (ctx: Context, response?: unknown) => unknown;

/** The `tracing` of an action or event definition. */
type Definition =
  | boolean
  | null
  | undefined
  | {
      enabled?: boolean;
      spanName?: string | ((ctx: Context) => string);
      tags?: CaptureOptions | TagsFunction;
    };

/** What to do for the spans of one action or event; only asked of spans that are recorded. */
export interface SpanSettings {
  readonly enabled: boolean;
  /** The span's name for this execution. */
  name(ctx: Context, otherwise: string): string;
  /** Adds what is captured as it comes in, before the handler may change it. */
  captureRequest(span: Span, ctx: Context): void;
  /** Adds what is captured once the handler has answered. */
  captureResponse(span: Span, ctx: Context, response: unknown): void;
}

const NOTHING_CAPTURED = (): void => {};

/**
 * Reads an action's or event's `tracing`. Functions of the user are called as Moleculer does, with the service as
 * `this`, `tags` before the handler and again with its response; what they throw is shown on the span. They cannot be async.
 */
export function spanSettings(definition: Definition, defaults: CaptureDefaults): SpanSettings {
  const own = typeof definition === 'object' && definition !== null ? definition : {};
  const { spanName, tags } = own;
  const redact = defaults.redact ?? REDACTED_NAMES;
  return {
    enabled: definition !== false && own.enabled !== false,
    name: spanName === undefined ? (_, otherwise) => otherwise : naming(spanName),
    ...(typeof tags === 'function' ? calling(tags, redact) : capturing({ ...defaults, ...tags }, redact)),
  };
}

type Captures = Pick<SpanSettings, 'captureRequest' | 'captureResponse'>;

function naming(spanName: string | ((ctx: Context) => string)): SpanSettings['name'] {
  return (ctx, otherwise) => {
    try {
      const name: unknown = typeof spanName === 'function' ? spanName.call(ctx.service, ctx) : spanName;
      ignore(name);
      return typeof name === 'string' && name !== '' ? name : otherwise;
    } catch {
      return otherwise;
    }
  };
}

/** A function that is async comes too late. Its rejection must not end the process. */
function ignore(answer: unknown, rejected: (error: unknown) => void = () => {}): void {
  if (isThenable(answer)) answer.then(undefined, rejected);
}

function calling(tags: TagsFunction, redact: readonly RegExp[]): Captures {
  const capture = (span: Span, ctx: Context, ...response: [unknown?]): void => {
    const fail = (error: unknown): void => {
      span.log({ event: 'tags function failed', message: textOf(error) });
    };
    try {
      const found = tags.call(ctx.service, ctx, ...response);
      ignore(found, fail);
      span.addTags(captureAll(found, redact));
    } catch (error) {
      fail(error);
    }
  };
  return { captureRequest: (span, ctx) => capture(span, ctx), captureResponse: capture };
}

function capturing({ params, meta, headers, response }: CaptureOptions, redact: readonly RegExp[]): Captures {
  return {
    captureRequest:
      params || meta || headers
        ? (span, ctx) => {
            span.addTags({
              ...captureTags('params', ctx.params, params, redact),
              ...captureTags('meta', ctx.meta, meta, redact),
              ...captureTags('headers', (ctx as { headers?: unknown }).headers, headers, redact),
            });
          }
        : NOTHING_CAPTURED,
    captureResponse: response
      ? (span, _, answer) => {
          span.addTags(captureTags('response', answer, response, redact));
        }
      : NOTHING_CAPTURED,
  };
}
