/** Decides from a span's tags whether it failed, by Jaeger's rules. */
import {
  type Attributes,
  type AttributeValue,
  type SpanKind,
  type SpanStatus,
  takeOut,
  textOf,
} from '../spans/span.ts';

const CODE = 'otel.status_code';
const DESCRIPTION = 'otel.status_description';

/**
 * Takes the tags that make the status out and answers it. A tag `error` that is true decides, then `otel.status_code`;
 * only without both does `http.status_code` count.
 */
export function takeStatus(attributes: Attributes, kind: SpanKind | undefined): SpanStatus {
  const error = attributes.get('error');
  if (error?.type === 'bool' && error.value) {
    takeOut(attributes, 'error');
    const message = attributes.has(DESCRIPTION)
      ? textOf(takeOut(attributes, DESCRIPTION))
      : httpMessage(attributes);
    takeOut(attributes, CODE);
    return { code: 'error', message };
  }
  if (attributes.has(CODE)) {
    const message = textOf(takeOut(attributes, DESCRIPTION));
    return { code: statusCode(textOf(takeOut(attributes, CODE))), message };
  }
  const httpStatus = wholeNumber(attributes.get('http.status_code'));
  const failed = httpStatus !== undefined && isHttpError(httpStatus, kind);
  return failed ? { code: 'error', message: httpMessage(attributes) } : { code: undefined, message: '' };
}

function httpMessage(attributes: Attributes): string {
  return textOf(attributes.get('http.status_message'));
}

function statusCode(text: string): SpanStatus['code'] {
  const upper = text.toUpperCase();
  return upper === 'ERROR' ? 'error' : upper === 'OK' ? 'ok' : undefined;
}

/** An int64, or a text of digits; never a double, though the Node client sends every number as one. */
function wholeNumber(value: AttributeValue | undefined): bigint | undefined {
  if (value?.type === 'int64') return value.value;
  if (value?.type !== 'string' || !/^[+-]?\d{1,30}$/.test(value.value)) return undefined;
  const number = BigInt(value.value.replace('+', ''));
  return BigInt.asIntN(64, number) === number ? number : undefined;
}

/** 5xx and what is no status at all (in Jaeger 399, too); 4xx is the client's fault, so a server may pass over it. */
function isHttpError(status: bigint, kind: SpanKind | undefined): boolean {
  if (status >= 400n && status < 500n) return kind !== 'server';
  return status < 100n || status >= 399n;
}
