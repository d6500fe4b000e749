/**
 * JSON as Jaeger writes it, byte for byte: Go's encoder escapes what HTML could trip over, keeps the sign of -0 and
 * has 64-bit numbers. Source: https://pkg.go.dev/encoding/json#Marshal
 */
import { CodedError } from '#shared/errors.ts';

/** A number that JSON has no form for; Jaeger fails on it, too. */
export class JsonNumberError extends CodedError {
  readonly code = 'JSON_NUMBER';

  constructor(value: number) {
    const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    super(`json: unsupported value: ${name}`);
  }
}

/** The value, of plain objects, lists and primitives, as JSON without blanks. @throws {JsonNumberError} for NaN and infinite numbers */
export function jsonText(value: unknown): string {
  const parts: string[] = [];
  write(value, parts);
  return parts.join('');
}

function write(value: unknown, parts: string[]): void {
  if (typeof value === 'string') parts.push(quoted(value));
  else if (typeof value === 'number') parts.push(numberText(value));
  else if (typeof value !== 'object' || value === null) parts.push(String(value));
  else if (Array.isArray(value)) {
    parts.push('[');
    value.forEach((element, index) => {
      if (index > 0) parts.push(',');
      write(element, parts);
    });
    parts.push(']');
  } else {
    let separator = '{';
    for (const [key, element] of Object.entries(value)) {
      parts.push(separator, quoted(key), ':');
      write(element, parts);
      separator = ',';
    }
    parts.push(separator === '{' ? '{}' : '}');
  }
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new JsonNumberError(value);
  return Object.is(value, -0) ? '-0' : String(value);
}
