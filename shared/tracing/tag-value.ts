/** Turns whatever a caller gave as a tag into one of the few types that a trace can carry; never throws. */

/** A value that every encoding can carry: numbers are finite, text is bounded. */
export type TagValue = string | number | boolean | bigint | Uint8Array;

/** Characters of a text, bytes of a binary: what is beyond is cut. */
const LONGEST = 65_536;
const MOST_ENTRIES = 1000;
const DEEPEST = 16;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * The value to send for `value`: texts, booleans, finite numbers, 64-bit integers and bytes as they are; objects as
 * JSON; errors as `name: message`; the rest in words. Texts and bytes are cut at 65,536, objects at 1,000 entries and
 * 16 levels; circular references, throwing getters and the like are named where they stand.
 */
export function tagValue(value: unknown): TagValue {
  try {
    return convert(value);
  } catch (error) {
    return `[unreadable: ${safeMessage(error)}]`;
  }
}

function convert(value: unknown): TagValue {
  switch (typeof value) {
    case 'string':
      return cut(value);
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value >= INT64_MIN && value <= INT64_MAX ? value : cut(String(value));
    case 'object':
      return value === null ? 'null' : convertObject(value);
    case 'function':
      return `[function ${cut(String(value.name))}]`;
    default:
      return String(value);
  }
}

function convertObject(value: object): TagValue {
  if (value instanceof Uint8Array) return value.length > LONGEST ? value.subarray(0, LONGEST) : value;
  if (value instanceof Error) return cut(`${value.name}: ${value.message}`);
  return cut(new JsonText().of(value));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function safeMessage(error: unknown): string {
  try {
    return cut(error instanceof Error ? error.message : String(error));
  } catch {
    return 'an error without a text';
  }
}

/** JSON as `JSON.stringify` writes it, for objects that it would refuse, and with an end for those without one. */
class JsonText {
  readonly #path: object[] = [];
  #entries = 0;
  #length = 0;

  of(value: object): string {
    return this.#write('', value) ?? 'null';
  }

  #write(key: string, given: unknown): string | undefined {
    const value = toJson(key, given);
    switch (typeof value) {
      case 'string':
        return this.#counted(JSON.stringify(cut(value)));
      case 'number':
        return Number.isFinite(value) ? String(value) : 'null';
      case 'boolean':
        return String(value);
      case 'bigint':
        return String(value);
      case 'object':
        return value === null ? 'null' : this.#writeObject(value);
      default:
        return undefined;
    }
  }

  #writeObject(value: object): string {
    if (this.#path.includes(value)) return '"[circular]"';
    if (this.#path.length >= DEEPEST) return '"[too deep]"';
    if (value instanceof Error) return this.#counted(JSON.stringify(cut(`${value.name}: ${value.message}`)));
    if (value instanceof Map) return this.#writeMembers(value, [...entriesOf(value)]);
    if (value instanceof Set) return this.#writeItems(value, [...itemsOf(value)]);
    if (value instanceof String || value instanceof Number || value instanceof Boolean)
      return this.#write('', value.valueOf()) ?? 'null';
    if (Array.isArray(value)) return this.#writeItems(value, value);
    return this.#writeMembers(
      value,
      Object.keys(value).map((key) => [key, () => Reflect.get(value, key)]),
    );
  }

  #writeItems(owner: object, items: readonly unknown[]): string {
    this.#path.push(owner);
    const parts: string[] = [];
    for (let index = 0; index < items.length; index++) {
      if (this.#full()) {
        parts.push(`"[${items.length - index} more]"`);
        break;
      }
      parts.push(this.#guarded(String(index), () => items[index]) ?? 'null');
    }
    this.#path.pop();
    return `[${parts.join(',')}]`;
  }

  #writeMembers(owner: object, members: readonly [string, () => unknown][]): string {
    this.#path.push(owner);
    const parts: string[] = [];
    for (const [index, [key, read]] of members.entries()) {
      if (this.#full()) {
        parts.push(`"…":"[${members.length - index} more]"`);
        break;
      }
      const text = this.#guarded(key, read);
      if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
    }
    this.#path.pop();
    return `{${parts.join(',')}}`;
  }

  #guarded(key: string, read: () => unknown): string | undefined {
    this.#entries++;
    const depth = this.#path.length;
    try {
      return this.#write(key, read());
    } catch (error) {
      this.#path.length = depth;
      return JSON.stringify(`[threw: ${safeMessage(error)}]`);
    }
  }

  #full(): boolean {
    return this.#entries >= MOST_ENTRIES || this.#length >= LONGEST;
  }

  #counted(text: string): string {
    this.#length += text.length;
    return text;
  }
}

function* entriesOf(map: Map<unknown, unknown>): Generator<[string, () => unknown]> {
  for (const [key, value] of map) yield [String(key), () => value];
}

function* itemsOf(set: Set<unknown>): Generator<unknown> {
  yield* set;
}

function toJson(key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('toJSON' in value)) return value;
  return typeof value.toJSON === 'function' ? value.toJSON(key) : value;
}
