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
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  const fields = Object.entries(value).map(([key, element]) => `${quoted(key)}:${jsonText(element)}`);
  return `{${fields.join(',')}}`;
}

const UNSAFE_IN_HTML = /[<>&\u2028\u2029]/;

function quoted(text: string): string {
  const json = JSON.stringify(text);
  if (!UNSAFE_IN_HTML.test(json)) return json;
  return json.replace(
    new RegExp(UNSAFE_IN_HTML, 'g'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new JsonNumberError(value);
  return Object.is(value, -0) ? '-0' : String(value);
}
