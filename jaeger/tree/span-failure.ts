/** Whether a span failed, and of what, by the tags and logs that OpenTracing and OpenTelemetry use for it. */
import type { LogJson, SpanJson, TagJson } from './trace-json.ts';

type TagValue = TagJson['value'];

/** True where the span says that it failed. */
export function failed({ tags }: Pick<SpanJson, 'tags'>): boolean {
  return tags.some(
    ({ key, value }) =>
      (key === 'error' && (value === true || value === 'true')) ||
      (key === 'otel.status_code' && value === 'ERROR'),
  );
}

/** What went wrong: the first error log that has a message, else the status; null where nothing says it. */
export function failureMessage({ tags, logs }: Pick<SpanJson, 'tags' | 'logs'>): string | null {
  const messages = logs.map(logMessage).filter((message) => message !== undefined);
  const httpStatus = textOf(tags, 'http.status_code');
  return (
    messages[0] ??
    textOf(tags, 'otel.status_description') ??
    textOf(tags, 'error.message') ??
    (httpStatus === undefined ? null : `HTTP ${httpStatus}`)
  );
}

/** The message of a log of an error: `TypeError: x is not a function`. */
function logMessage({ fields }: LogJson): string | undefined {
  const event = textOf(fields, 'event');
  if (event !== 'error' && event !== 'exception') return undefined;
  const kind = textOf(fields, 'error.kind') ?? textOf(fields, 'exception.type');
  const message = textOf(fields, 'message') ?? textOf(fields, 'exception.message');
  if (kind === undefined || message?.startsWith(kind)) return message ?? kind;
  return message === undefined ? kind : `${kind}: ${message}`;
}

function textOf(tags: readonly TagJson[], key: string): string | undefined {
  const value: TagValue | undefined = tags.find((tag) => tag.key === key)?.value;
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
