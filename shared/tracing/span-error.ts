/** How an error is shown on a span: the boolean tag and one log, as OpenTracing's conventions have it. */
import { types } from 'node:util';
import type { Span } from 'opentracing';
import { isRecorded } from './recorded.ts';
import { ERROR } from './tags.ts';
import { textOf } from './text.ts';

const { isNativeError } = types;
const LONGEST_STACK = 8192;

/** Marks the span as failed with `error`, whatever was thrown; never throws itself. */
export function markError(span: Span, error: unknown): void {
  // To read a stack is what makes it, and that takes longer than the rest of a span.
  if (!isRecorded(span)) return;
  span.setTag(ERROR, true);
  span.log(errorFields(error));
}

/** Shows that a request was refused, by nobody's fault but the caller's: the same log, no error. */
export function markRefusal(span: Span, error: unknown): void {
  if (isRecorded(span)) span.log({ ...errorFields(error), event: 'refused' });
}

/** The same error for a span, in other words: its message, and the stack that repeats it. The application keeps its own. */
export function reworded(error: Error, reword: (text: string) => string): Error {
  const stack = () => error.stack && reword(error.stack);
  return Object.create(error, { message: { value: reword(error.message) }, stack: { get: stack } });
}

/** The error's own account; of one that cannot be read, only that. */
function errorFields(error: unknown): Record<string, unknown> {
  try {
    // Those of another realm, such as a sandbox's, are of no class of ours.
    if (error instanceof Error || isNativeError(error)) return fieldsOf(error);
  } catch {
    // A Proxy, or a getter, that throws.
  }
  return { event: 'error', 'error.kind': typeof error, message: textOf(error) };
}

function fieldsOf(error: Error): Record<string, unknown> {
  const { name, message, stack } = error;
  const { code, type } = error as { code?: unknown; type?: unknown };
  const fields: Record<string, unknown> = { event: 'error', 'error.kind': name, message };
  if (stack !== undefined) fields['stack'] = textOf(stack).slice(0, LONGEST_STACK);
  if (code !== undefined) fields['error.code'] = code;
  if (type !== undefined) fields['error.type'] = type;
  return fields;
}
