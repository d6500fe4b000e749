/**
 * Reads Thrift's binary protocol from bytes in memory. Nothing is believed: a size is held against the bytes that are
 * left before anything of that size is made, and what is skipped may nest only so deep.
 * Format: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
 */
import { isUtf8 } from 'node:buffer';
import { ThriftError } from './thrift-error.ts';

/** The type bytes of the wire. */
export const THRIFT = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
  uuid: 16,
} as const;

/** A text as it came: bytes where they are not UTF-8. */
export type WireText = string | Uint8Array;

/** The fewest bytes that a value of the type takes: what a list can be held to before it is read. */
const LEAST_BYTES: Readonly<Record<number, number>> = {
  [THRIFT.bool]: 1,
  [THRIFT.byte]: 1,
  [THRIFT.double]: 8,
  [THRIFT.i16]: 2,
  [THRIFT.i32]: 4,
  [THRIFT.i64]: 8,
  [THRIFT.string]: 4,
  [THRIFT.struct]: 1,
  [THRIFT.map]: 6,
  [THRIFT.set]: 5,
  [THRIFT.list]: 5,
  [THRIFT.uuid]: 16,
};

// Jaeger's own limit for what it skips.
const MAX_DEPTH = 64;
const REPLACEMENT = '\uFFFD';

/** Reads values one after the other; every method throws a {@link ThriftError} where the bytes do not hold them. */
export class BinaryReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** An error at the byte that comes next. */
  misread(reason: string): ThriftError {
    return new ThriftError(reason, this.#offset);
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  /** True for the byte 1 alone, as in Jaeger. */
  bool(): boolean {
    return this.byte() === 1;
  }

  i16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  i64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  /** A copy, so that a small value does not keep a large body in memory. */
  binary(): Uint8Array {
    return Uint8Array.from(this.#sized());
  }

  text(): WireText {
    const bytes = this.#sized();
    const text = bytes.toString('utf8');
    return text.includes(REPLACEMENT) && !isUtf8(bytes) ? Uint8Array.from(bytes) : text;
  }

  /**
   * The elements of a list of structs, each read by `read`. The element type on the wire counts for nothing, as in
   * generated readers.
   */
  structs<T>(read: (reader: BinaryReader) => T): T[] {
    this.byte();
    const size = this.#size(leastBytes(THRIFT.struct));
    const elements: T[] = [];
    for (let index = 0; index < size; index++) {
      try {
        elements.push(read(this));
      } catch (error) {
        throw error instanceof ThriftError ? error.within(`[${index}]`) : error;
      }
    }
    return elements;
  }

  /** Passes over a value nobody asked for. */
  skip(type: number, depth = MAX_DEPTH): void {
    if (depth <= 0) throw this.misread(`nested deeper than ${MAX_DEPTH} levels`);
    switch (type) {
      case THRIFT.string:
        this.#sized();
        return;
      case THRIFT.struct:
        for (let field = this.byte(); field !== THRIFT.stop; field = this.byte()) {
          this.i16();
          this.skip(field, depth - 1);
        }
        return;
      case THRIFT.list:
      case THRIFT.set: {
        const elementType = this.byte();
        const size = this.#size(leastBytes(elementType));
        for (let index = 0; index < size; index++) this.skip(elementType, depth - 1);
        return;
      }
      case THRIFT.map: {
        const keyType = this.byte();
        const valueType = this.byte();
        const size = this.#size(leastBytes(keyType) + leastBytes(valueType));
        for (let index = 0; index < size; index++) {
          this.skip(keyType, depth - 1);
          this.skip(valueType, depth - 1);
        }
        return;
      }
      default:
        if (LEAST_BYTES[type] === undefined) throw this.misread(`unknown data type ${type}`);
        this.#take(leastBytes(type));
    }
  }

  /** The bytes of a string. */
  #sized(): Buffer {
    const size = this.#size(1);
    const start = this.#take(size);
    return this.#bytes.subarray(start, start + size);
  }

  /** A count of things that take `leastBytesEach` and more: one that cannot fit is a lie, or a body cut short. */
  #size(leastBytesEach: number): number {
    const size = this.i32();
    if (size < 0) throw this.misread(`negative size ${size}`);
    const left = this.#bytes.length - this.#offset;
    if (size * leastBytesEach > left) throw this.misread(`size ${size} with ${left} bytes left`);
    return size;
  }

  #take(count: number): number {
    const start = this.#offset;
    const left = this.#bytes.length - start;
    if (count > left) throw this.misread(`cut short, with ${left} of ${count} bytes`);
    this.#offset = start + count;
    return start;
  }
}

// An unknown type counts as one byte: it fails when its first element is read, and an empty list of it is harmless.
function leastBytes(type: number): number {
  return LEAST_BYTES[type] ?? 1;
}
