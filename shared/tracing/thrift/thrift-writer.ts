/**
 * Writes Thrift's binary protocol into one buffer that grows and is used again.
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
 */

/** Thrift's field types, as far as Jaeger's structs use them. */
export const BOOL = 2;
export const DOUBLE = 4;
export const I32 = 8;
export const I64 = 10;
export const STRING = 11;
export const STRUCT = 12;
export const LIST = 15;

/** Below this length a loop over the characters is quicker than the call into native code. */
const SHORT_TEXT = 48;

const HIGH_WORD = 2 ** 32;

const NOTHING = new Uint8Array(0);

/** The value of a hex digit of either case by its character code: what follows `A` in ASCII is 9 behind what it means. */
const digit = (code: number): number => (code & 15) + (code >> 6) * 9;

const INITIAL_BYTES = 4096;

export class ThriftWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(initialBytes = INITIAL_BYTES) {
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets what was written beyond `length`. */
  truncate(length = 0): void {
    this.#length = length;
  }

  /** Takes what is between two positions out; what was written behind it moves up. */
  remove(from: number, to: number): void {
    this.#buffer.copyWithin(from, to, this.#length);
    this.#length -= to - from;
  }

  /** A copy of what was written up to `end`, with `tail` behind it. */
  bytes(end = this.#length, tail: Uint8Array = NOTHING): Buffer {
    const copy = Buffer.allocUnsafeSlow(end + tail.length);
    this.#buffer.copy(copy, 0, 0, end);
    copy.set(tail, end);
    return copy;
  }

  /** Gives memory back where more than `enoughBytes` is held. */
  shrink(enoughBytes: number): void {
    const bytes = Math.max(enoughBytes, this.#length, INITIAL_BYTES);
    if (this.#buffer.length <= bytes) return;
    const smaller = Buffer.allocUnsafeSlow(bytes);
    this.#buffer.copy(smaller, 0, 0, this.#length);
    this.#buffer = smaller;
  }

  fieldHeader(type: number, id: number): void {
    const at = this.#grow(3);
    this.#buffer[at] = type;
    this.#buffer[at + 1] = 0;
    this.#buffer[at + 2] = id;
  }

  listHeader(elementType: number, count: number): void {
    const at = this.#grow(5);
    this.#buffer[at] = elementType;
    this.#putInt32(at + 1, count);
  }

  /** Overwrites the count of a list header that begins at `position`. */
  setListCount(position: number, count: number): void {
    this.#putInt32(position + 1, count);
  }

  /** The end of a struct. */
  stop(): void {
    const at = this.#grow(1);
    this.#buffer[at] = 0;
  }

  bool(value: boolean): void {
    const at = this.#grow(1);
    this.#buffer[at] = value ? 1 : 0;
  }

  int32(value: number): void {
    this.#putInt32(this.#grow(4), value);
  }

  /** A safe integer as 64 bits. */
  int64(value: number): void {
    const at = this.#grow(8);
    this.#putInt32(at, Math.floor(value / HIGH_WORD));
    this.#putInt32(at + 4, value % HIGH_WORD);
  }

  /** Any integer that fits 64 bits. */
  bigInt64(value: bigint): void {
    const at = this.#grow(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  double(value: number): void {
    const at = this.#grow(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  /** Sixteen hex digits of `text` from `start` on as 64 bits. */
  hexId(text: string, start = 0): void {
    const at = this.#grow(8);
    const buffer = this.#buffer;
    for (let i = 0; i < 8; i++) {
      const high = digit(text.charCodeAt(start + 2 * i));
      buffer[at + i] = (high << 4) | digit(text.charCodeAt(start + 2 * i + 1));
    }
  }

  /** Text as UTF-8 behind its length in bytes; lone surrogates become U+FFFD. */
  string(text: string): void {
    const { length } = text;
    if (length <= SHORT_TEXT && this.#asciiString(text, length)) return;
    const at = this.#grow(4 + length * 3);
    const bytes = this.#buffer.write(text, at + 4);
    this.#putInt32(at, bytes);
    this.#length = at + 4 + bytes;
  }

  binary(bytes: Uint8Array): void {
    this.int32(bytes.length);
    this.raw(bytes);
  }

  /** Bytes that are encoded already. */
  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#buffer.set(bytes, at);
  }

  #asciiString(text: string, length: number): boolean {
    const at = this.#grow(4 + length);
    const buffer = this.#buffer;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.#length = at;
        return false;
      }
      buffer[at + 4 + i] = code;
    }
    this.#putInt32(at, length);
    return true;
  }

  #putInt32(at: number, value: number): void {
    const buffer = this.#buffer;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }

  /** Makes room for `count` more bytes and answers where they begin. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }
}
