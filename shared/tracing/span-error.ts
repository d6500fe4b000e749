/** How an error is shown on a span: the boolean tag and one log, as OpenTracing's conventions have it. */
import type { Span } from 'opentracing';
import { ERROR } from './tags.ts';

const LONGEST_STACK = 8192;

/** Marks the span as failed with `error`, whatever was thrown. */
export function markError(span: Span, error: unknown): void {
  span.setTag(ERROR, true);
  span.log(errorFields(error));
}

/** Shows that a request was refused, by nobody's fault but the caller's: the same log, no error. */
export function markRefusal(span: Span, error: unknown): void {
  span.log({ ...errorFields(error), event: 'refused' });
}

function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error))
    return { event: 'error', 'error.kind': typeof error, message: String(error) };
  const { name, message, stack } = error;
  const { code, type } = error as { code?: unknown; type?: unknown };
  const fields: Record<string, unknown> = { event: 'error', 'error.kind': name, message };
  if (stack !== undefined) fields['stack'] = stack.slice(0, LONGEST_STACK);
  if (code !== undefined) fields['error.code'] = code;
  if (type !== undefined) fields['error.type'] = type;
  return fields;
}
