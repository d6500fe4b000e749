/** Turns whatever a caller gave as a tag into one of the few types that a trace can carry; never throws. */
import { types } from 'node:util';
import { jsonText } from './json-text.ts';
import { bigintText, cut, textOf } from './text.ts';

/** A value that every encoding can carry: numbers are finite, text is bounded. */
export type TagValue = string | number | boolean | bigint | Uint8Array;

/** Characters of a text, bytes of a binary: what is beyond is cut. */
export const LONGEST_VALUE = 65_536;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

const ownLength = getterOf<number>('byteLength');
const ownOffset = getterOf<number>('byteOffset');
const ownBuffer = getterOf<ArrayBuffer>('buffer');

function getterOf<Value>(name: keyof Uint8Array): () => Value {
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as () => Value;
}

/**
 * The value to send for `value`: texts, booleans, finite numbers, 64-bit integers and bytes as they are; objects as
 * JSON; errors as `name: message`; the rest in words. Texts and bytes are cut at `longest`, objects at 1,000 entries and
 * 16 levels; circular references, throwing getters and the like are named where they stand.
 */
export function tagValue(value: unknown, longest = LONGEST_VALUE): TagValue {
  try {
    return convert(value, longest);
  } catch (error) {
    return cut(`[unreadable: ${textOf(error)}]`, longest);
  }
}

function convert(value: unknown, longest: number): TagValue {
  switch (typeof value) {
    case 'string':
      return cut(value, longest);
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value >= INT64_MIN && value <= INT64_MAX ? value : cut(bigintText(value), longest);
    case 'object':
      return value === null ? 'null' : convertObject(value, longest);
    case 'function':
      return cut(`[function ${String(value.name)}]`, longest);
    default:
      return cut(String(value), longest);
  }
}

function convertObject(value: object, longest: number): TagValue {
  if (types.isUint8Array(value)) return bytesOf(value, longest);
  if (value instanceof Error) return cut(`${value.name}: ${value.message}`, longest);
  return cut(jsonText(value, longest), longest);
}

/** What an array of bytes has, whatever a class that extends it says: a wrong length would break the batch that it is sent in. */
function bytesOf(value: Uint8Array, longest: number): Uint8Array {
  const length = Math.min(ownLength.call(value), longest);
  return new Uint8Array(ownBuffer.call(value), ownOffset.call(value), length);
}
