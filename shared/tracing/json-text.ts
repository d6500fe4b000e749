/** JSON as `JSON.stringify` writes it, for objects that it would refuse, and with an end for those without one. */
import { bigintText, cut, textOf } from './text.ts';
import { ignoreRejection } from './thenable.ts';

const MOST_ENTRIES = 1000;
const DEEPEST = 16;

/**
 * `value` as JSON. What JSON has no form for is described in a text where it stands: circular references, what lies
 * deeper than 16 levels or beyond 1,000 entries, getters that throw. Ends soon after `longest` characters, which may be
 * in the middle. Throws only what `value` throws when it is looked at from outside, as a hostile Proxy does.
 */
export function jsonText(value: object, longest: number): string {
  return new JsonWriter(longest).write('', value) ?? 'null';
}

class JsonWriter {
  readonly #longest: number;
  readonly #path: object[] = [];
  #entries = 0;
  #length = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** JSON has no form for some values (undefined, functions, symbols): members of them are left out. */
  write(key: string, given: unknown): string | undefined {
    const value = toJson(key, given);
    switch (typeof value) {
      case 'string':
        return this.#quoted(value);
      case 'number':
        return Number.isFinite(value) ? String(value) : 'null';
      case 'boolean':
        return String(value);
      case 'bigint':
        return this.#counted(bigintText(value));
      case 'object':
        return value === null ? 'null' : this.#writeObject(value);
      default:
        return undefined;
    }
  }

  #writeObject(value: object): string | undefined {
    if (this.#path.includes(value)) return '"[circular]"';
    if (this.#path.length >= DEEPEST) return '"[too deep]"';
    if (value instanceof Error) return this.#quoted(`${value.name}: ${value.message}`);
    if (value instanceof String || value instanceof Number || value instanceof Boolean)
      return this.write('', value.valueOf());
    this.#path.push(value);
    const text = this.#writeContent(value);
    this.#path.pop();
    return text;
  }

  #writeContent(value: object): string {
    if (Array.isArray(value)) return this.#writeItems(value.length, (index) => value[index]);
    if (value instanceof Set) {
      const items = value.values();
      return this.#writeItems(value.size, () => items.next().value);
    }
    if (value instanceof Map) {
      const members = value.entries();
      return this.#writeMembers(value.size, () => {
        const [name, member] = members.next().value ?? [];
        return [textOf(name), () => member];
      });
    }
    const keys = Object.keys(value);
    return this.#writeMembers(keys.length, (index) => {
      const key = keys[index] ?? '';
      return [key, () => Reflect.get(value, key)];
    });
  }

  #writeItems(count: number, read: (index: number) => unknown): string {
    const parts: string[] = [];
    for (let index = 0; index < count; index++) {
      if (this.#isFull()) {
        parts.push(`"[${count - index} more]"`);
        break;
      }
      parts.push(this.#guarded(String(index), () => read(index)) ?? 'null');
    }
    return `[${parts.join(',')}]`;
  }

  #writeMembers(count: number, member: (index: number) => [name: string, read: () => unknown]): string {
    const parts: string[] = [];
    for (let index = 0; index < count; index++) {
      if (this.#isFull()) {
        parts.push(`"…":"[${count - index} more]"`);
        break;
      }
      const [name, read] = member(index);
      const text = this.#guarded(name, read);
      if (text !== undefined) parts.push(`${this.#quoted(name)}:${text}`);
    }
    return `{${parts.join(',')}}`;
  }

  #guarded(key: string, read: () => unknown): string | undefined {
    this.#entries++;
    const depth = this.#path.length;
    try {
      return this.write(key, read());
    } catch (error) {
      this.#path.length = depth;
      return this.#quoted(`[threw: ${textOf(error)}]`);
    }
  }

  #isFull(): boolean {
    return this.#entries >= MOST_ENTRIES || this.#length >= this.#longest;
  }

  #quoted(text: string): string {
    return this.#counted(JSON.stringify(cut(text, this.#longest)));
  }

  #counted(text: string): string {
    this.#length += text.length;
    return text;
  }
}

function toJson(key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // As JSON, bytes are lists of numbers: far too long, and slow to make.
  if (ArrayBuffer.isView(value) && value.byteLength > MOST_ENTRIES) return `[${value.byteLength} bytes]`;
  return 'toJSON' in value && typeof value.toJSON === 'function' ? ignoreRejection(value.toJSON(key)) : value;
}
