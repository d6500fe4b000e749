/**
 * Streams: counted and followed to their end without a listener, so that neither their flow nor the fate of their errors
 * changes. All that happens to a stream passes through its `emit`; there it is seen.
 */
import type { Readable } from 'node:stream';
import type { Span } from 'opentracing';
import { withSpan } from '../current-span.ts';
import { isRecorded } from '../recorded.ts';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import type { OpenSpan } from './open-ends.ts';

/** Whether what was sent or received is counted, seen from the span's side. */
export type Direction = 'sent' | 'received';

/** Moleculer's own test of what it sends as a stream. */
export function isStream(value: unknown): value is Readable {
  if (typeof value !== 'object' || value === null) return false;
  const { readable, on, pipe } = value as Partial<Readable>;
  return readable === true && typeof on === 'function' && typeof pipe === 'function';
}

export interface FollowOptions {
  direction: Direction;
  /** The span that is active for the stream's listeners; as it is where none is given. */
  active?: Span | undefined;
}

/** Keeps the span open until the stream has ended, failed or was destroyed, and tags it with what has flowed. */
export function followStream(stream: Readable, open: OpenSpan, { direction, active }: FollowOptions): void {
  const { span } = open;
  let bytes = 0;
  let chunks = 0;
  let over = false;

  const end = (failure?: unknown): void => {
    if (over) return;
    over = true;
    if (isRecorded(span)) {
      span.setTag(direction === 'sent' ? tag.STREAM_SENT_BYTES : tag.STREAM_RECEIVED_BYTES, bytes);
      span.setTag(direction === 'sent' ? tag.STREAM_SENT_CHUNKS : tag.STREAM_RECEIVED_CHUNKS, chunks);
      if (failure !== undefined) markError(span, failure);
    }
    release();
  };
  const release = open.hold(() => end());

  const { emit } = stream;
  const observed = function emitObserved(
    this: Readable,
    event: string | symbol,
    ...values: unknown[]
  ): boolean {
    if (event === 'data') {
      chunks++;
      bytes += sizeOf(values[0]);
    } else if (event === 'end') end();
    else if (event === 'error') end(values[0] ?? new Error('the stream failed'));
    else if (event === 'close') end(stream.errored ?? new StreamDestroyedError());
    return Reflect.apply(emit, stream, [event, ...values]);
  };
  stream.emit = observed as typeof stream.emit;
  if (active !== undefined) keepActive(stream, active);
}

/** Makes `span` the active one for the stream's listeners, wherever the stream's parts come from. */
export function keepActive(stream: Readable, span: Span): void {
  const { emit } = stream;
  stream.emit = ((...event: Parameters<typeof emit>) =>
    withSpan(span, () => Reflect.apply(emit, stream, event), undefined)) as typeof emit;
}

/** A stream that was closed before its last byte, by nobody's error. */
class StreamDestroyedError extends Error {
  constructor() {
    super('the stream was destroyed before its end');
    this.name = 'StreamDestroyedError';
    delete this.stack;
  }
}

/** Bytes of a chunk as it is handed on; what is no text and no bytes has no size. */
function sizeOf(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk);
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
