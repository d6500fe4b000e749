/** The stream that comes in beside the parameters of an action: checked item by item, and never waited for in vain. */
import type { Readable } from 'node:stream';
import type Type from 'typebox';
import { InvalidFieldsError, RequestError } from '../errors.ts';
import { compileFields } from './fields.ts';

/** How long input is waited for. */
export interface InputOptions {
  /**
   * Milliseconds for which an item is waited for until the stream is given up: a caller that goes away in the middle is not
   * heard of.
   * @default 30000
   */
  idleMs?: number;
}

/** The action takes a stream, and was called without one. */
export class InputMissingError extends RequestError {
  readonly code = 'INPUT_MISSING';
  readonly status = 422;

  constructor(options?: ErrorOptions) {
    super('This action takes a stream of objects', options);
  }
}

/** The stream stood still for too long. */
export class InputIdleError extends RequestError {
  readonly code = 'INPUT_IDLE';
  readonly status = 408;

  constructor(idleMs: number, options?: ErrorOptions) {
    super(`Nothing came for ${idleMs} ms`, options);
  }
}

/**
 * Makes a reader of input streams.
 * @throws {InputMissingError} by the reader; {@link InvalidFieldsError} and {@link InputIdleError} while it is read
 */
export function readInput(
  schema: Type.TObject,
  { idleMs = 30_000 }: InputOptions,
): (stream: unknown) => AsyncIterable<unknown> {
  const check = compileFields(schema);

  async function* items(stream: Readable): AsyncGenerator<unknown> {
    const startTimer = () => setTimeout(() => stream.destroy(new InputIdleError(idleMs)), idleMs).unref();
    let timer = startTimer();
    try {
      for await (const item of stream) {
        clearTimeout(timer); // what comes next is the reader's own time
        const problems = check(item);
        if (problems.length > 0) throw new InvalidFieldsError(problems);
        yield item;
        timer = startTimer();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  return (stream) => {
    if (!isStream(stream)) throw new InputMissingError();
    return items(stream);
  };
}

function isStream(value: unknown): value is Readable {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'destroy' in value;
}
