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
import { whenCollected } from '../when-collected.ts';
import type { OpenSpan } from './open-ends.ts';

/** Whether what was sent or received is counted, seen from the span's side. */
export type Direction = 'sent' | 'received';

/** Moleculer's own test of what it sends as a stream; false of what cannot be looked at. */
export function isStream(value: unknown): value is Readable {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const { readable, on, pipe } = value as Partial<Readable>;
    return readable === true && typeof on === 'function' && typeof pipe === 'function';
  } catch {
    return false; // a Proxy, or a getter, that throws
  }
}

/** How a stream is followed. */
export interface FollowOptions {
  direction: Direction;
  /** The span that is active for the stream's listeners; as it is where none is given. */
  active?: Span | undefined;
}

/** Keeps the span open until the stream has ended, failed or was destroyed, and tags it with what has flowed. */
export function followStream(stream: Readable, open: OpenSpan, { direction, active }: FollowOptions): void {
  const observer = observerOf(stream);
  if (observer === undefined) {
    open.span.log({ event: 'not followed', message: 'what happens to the stream cannot be seen' });
    return;
  }
  if (active !== undefined) observer.active = active;
  if (observer.followers.size >= MOST_FOLLOWERS) {
    open.span.log({ event: 'not followed', message: 'too many calls share the stream' });
    return;
  }
  const follower = new Follower(open, direction, () => observer.followers.delete(follower));
  observer.followers.add(follower);
  whenCollected(stream, () => open.abandon('nobody has read the stream to its end'));
}

/** Makes `span` the active one for the stream's listeners, wherever the stream's parts come from. */
export function keepActive(stream: Readable, span: Span): void {
  const observer = observerOf(stream);
  if (observer !== undefined) observer.active = span;
}

/** A stream that so many calls have sent or answered at the same time is a feed: what begins later does not wait for its end. */
const MOST_FOLLOWERS = 100;

/** What is done with the events of one stream, however many calls it goes through. Refers to no stream. */
class Observer {
  /** Of the caller who got it last: who hands it on does not read it. */
  active: Span | undefined;
  readonly followers = new Set<Follower>();

  /** Nobody's chunks and errors are in the way of their being handed on. */
  see(event: string | symbol, value: unknown, stream: Readable): void {
    for (const follower of this.followers) {
      try {
        follower.see(event, value, stream);
      } catch {
        // A chunk that cannot be looked at, or a stream-like that was called without itself.
      }
    }
  }
}

const observers = new WeakMap<Readable, Observer>();

/** Undefined where there is no `emit` to put ours in the place of: Moleculer's test asks for none. */
function observerOf(stream: Readable): Observer | undefined {
  const known = observers.get(stream);
  if (known !== undefined) return known;
  const observer = new Observer();
  try {
    const { emit } = stream;
    if (typeof emit !== 'function') return undefined;
    stream.emit = function emitObserved(this: Readable, ...event: Parameters<typeof emit>): boolean {
      observer.see(event[0], event[1], this);
      const { active } = observer;
      if (active === undefined) return Reflect.apply(emit, this, event);
      return withSpan(active, () => Reflect.apply(emit, this, event), undefined);
    } as typeof emit;
    if (stream.emit === emit) return undefined;
  } catch {
    return undefined; // it is frozen, or the like
  }
  observers.set(stream, observer);
  return observer;
}

/** Counts for one span what flows. */
class Follower {
  readonly #span: Span;
  readonly #direction: Direction;
  readonly #onEnd: () => void;
  readonly #release: () => void;
  #bytes = 0;
  #chunks = 0;
  #over = false;

  constructor(open: OpenSpan, direction: Direction, onEnd: () => void) {
    this.#span = open.span;
    this.#direction = direction;
    this.#onEnd = onEnd;
    this.#release = open.hold(() => this.#end());
  }

  see(event: string | symbol, value: unknown, stream: Readable): void {
    if (event === 'data') {
      this.#chunks++;
      this.#bytes += sizeOf(value);
    } else if (event === 'end') this.#end();
    else if (event === 'error') this.#end(value ?? new Error('the stream failed'));
    else if (event === 'close') this.#end(stream.errored ?? new StreamDestroyedError());
  }

  #end(failure?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#onEnd();
    if (isRecorded(this.#span)) {
      const isSent = this.#direction === 'sent';
      // Objects have no size here.
      if (this.#bytes > 0 || this.#chunks === 0)
        this.#span.setTag(isSent ? tag.STREAM_SENT_BYTES : tag.STREAM_RECEIVED_BYTES, this.#bytes);
      this.#span.setTag(isSent ? tag.STREAM_SENT_CHUNKS : tag.STREAM_RECEIVED_CHUNKS, this.#chunks);
      if (failure !== undefined) markError(this.#span, failure);
    }
    this.#release();
  }
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
