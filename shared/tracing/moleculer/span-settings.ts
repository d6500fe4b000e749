/**
 * What an action or event says of its own span, in Moleculer's form, so that a migrating service needs no edit:
 * `tracing: false | true | { enabled, spanName, tags: { params, meta, response } }`, `tags` also as a function.
 */
import type { Context } from 'moleculer';
import type { Span } from 'opentracing';
import { type Capture, captureTags, REDACTED_NAMES } from '../capture.ts';
import { isRecorded } from '../recorded.ts';

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

export interface CaptureDefaults extends CaptureOptions {
  /** Names whose values are never shown. @default passwords, tokens, secrets, cookies, keys, card numbers and the like */
  redact?: readonly RegExp[];
}

type TagsFunction = (ctx: Context, response?: unknown) => Record<string, unknown>;

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

/** What to do for the spans of one action or event. */
export interface SpanSettings {
  readonly enabled: boolean;
  /** The span's name for this execution. */
  name(ctx: Context, otherwise: string): string;
  /** Adds the captured tags once the handler has answered, or failed (no response then). */
  capture(span: Span, ctx: Context, response?: unknown): void;
}

const NOTHING_CAPTURED = (): void => {};

/** Reads an action's or event's `tracing`; functions of the user are called with care, their errors shown on the span. */
export function spanSettings(definition: Definition, defaults: CaptureDefaults): SpanSettings {
  const own = typeof definition === 'object' && definition !== null ? definition : {};
  const enabled = definition !== false && own.enabled !== false;
  const { spanName } = own;
  return {
    enabled,
    name:
      spanName === undefined
        ? (_, otherwise) => otherwise
        : (ctx, otherwise) => named(spanName, ctx, otherwise),
    capture: capturing(own.tags, defaults),
  };
}

function named(spanName: string | ((ctx: Context) => string), ctx: Context, otherwise: string): string {
  try {
    const name = typeof spanName === 'function' ? spanName(ctx) : spanName;
    return typeof name === 'string' && name !== '' ? name : otherwise;
  } catch {
    return otherwise;
  }
}

function capturing(
  tags: CaptureOptions | TagsFunction | undefined,
  defaults: CaptureDefaults,
): SpanSettings['capture'] {
  const redact = defaults.redact ?? REDACTED_NAMES;
  if (typeof tags === 'function')
    return (span, ctx, response) => {
      if (!isRecorded(span)) return;
      try {
        span.addTags(flattened(tags(ctx, response), redact));
      } catch (error) {
        markTagsError(span, error);
      }
    };
  const { params, meta, headers, response: answer } = { ...defaults, ...tags };
  if (!params && !meta && !headers && !answer) return NOTHING_CAPTURED;
  return (span, ctx, response) => {
    if (!isRecorded(span)) return;
    span.addTags({
      ...captureTags('params', ctx.params, params, redact),
      ...captureTags('meta', ctx.meta, meta, redact),
      ...captureTags('headers', (ctx as { headers?: unknown }).headers, headers, redact),
      ...captureTags('response', response, answer, redact),
    });
  };
}

/** A tags function names its tags itself; its values are still cleaned of secrets. */
function flattened(tags: unknown, redact: readonly RegExp[]): Record<string, unknown> {
  const prefixed = captureTags('', tags, true, redact);
  return Object.fromEntries(
    Object.entries(prefixed).map(([name, value]) => [name.replace(/^\./, ''), value]),
  );
}

function markTagsError(span: Span, error: unknown): void {
  span.log({
    event: 'tags function failed',
    message: error instanceof Error ? error.message : String(error),
  });
}
