import { CodedError } from '#shared/errors.ts';

/** Bytes that are not the Thrift they should be; the message says at which byte, and within what. */
export class ThriftError extends CodedError {
  readonly code = 'THRIFT_INVALID';
  readonly reason: string;
  /** Where reading stopped, in bytes from the start. */
  readonly offset: number;
  #path = '';

  constructor(reason: string, offset: number) {
    super(`${reason}, at byte ${offset}`);
    this.reason = reason;
    this.offset = offset;
  }

  /** What was being read, outermost first: `spans[3].tags[0].key`. */
  get path(): string {
    return this.#path;
  }

  /** Adds what surrounds it, on the way out. */
  within(part: string): this {
    const joint = this.#path === '' || this.#path.startsWith('[') ? '' : '.';
    this.#path = `${part}${joint}${this.#path}`;
    this.message = `${this.reason}, at byte ${this.offset} in ${this.#path}`;
    return this;
  }
}
