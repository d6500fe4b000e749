/** What Jaeger found wrong with a span. It keeps that in an attribute, which a client may have used for itself. */
import { jsonText } from './json-text.ts';
import type { AttributeValue, Span } from './span.ts';

/** The attribute's key. */
export const WARNINGS = '@jaeger@warnings';

/** Adds one or more warnings after those that are there. */
export function addWarnings(span: Span, warnings: string | readonly string[]): void {
  span.attributes.set(WARNINGS, { type: 'list', value: warningsOf(span).concat(warnings) });
}

/** The warnings, oldest first. */
export function warningsOf(span: Span): readonly string[] {
  const value = span.attributes.get(WARNINGS);
  if (value === undefined) return [];
  return value.type === 'list' ? value.value : [asText(value)];
}

/** Any value as a text, as Jaeger shows it where only a text fits. */
export function asText({ type, value }: AttributeValue): string {
  switch (type) {
    case 'binary':
      return Buffer.from(value).toString('base64');
    case 'list':
      return JSON.stringify(value);
    case 'float64':
      return Number.isFinite(value) ? jsonText(value) : String(value);
    default:
      return String(value);
  }
}
