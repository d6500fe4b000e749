/** Spans that wait for more than the answer: for streams that flow on, and for handlers that came too late. */
import type { Span } from 'opentracing';
import { MOLECULER_LATE } from '../tags.ts';
import { timeOf } from '../time-of.ts';

/** The spans of a broker that are still open for their rest. */
export class OpenEnds {
  readonly #open = new Set<OpenSpan>();

  /** Keeps `span` open until its call or execution is done, and all that is held beside it. */
  keep(span: Span): OpenSpan {
    const open = new OpenSpan(span, () => this.#open.delete(open));
    this.#open.add(open);
    return open;
  }

  /** Ends all that is open still; with the broker gone, nothing will come of it. */
  endAll(reason: string): void {
    for (const open of this.#open) open.abandon(reason);
  }
}

/** A span that ends with the last of its parts. */
export class OpenSpan {
  readonly span: Span;
  readonly #onEnd: () => void;
  readonly #cuts = new Set<() => void>();
  /** The call or execution itself, and all that goes on beside it. */
  #held = 1;
  #done = false;
  #ended = false;

  constructor(span: Span, onEnd: () => void) {
    this.span = span;
    this.#onEnd = onEnd;
  }

  /** The call or execution itself is over, and was at `endMs` (now where none is given) if nothing of it goes on. */
  done(endMs?: number): void {
    if (this.#done) return;
    this.#done = true;
    this.#release(endMs);
  }

  /**
   * Holds the span open until the returned function is called; calling it again does nothing. `cut` is called where the
   * part is not waited for to its end, and has to release it.
   */
  hold(cut?: () => void): () => void {
    this.#held++;
    if (cut) this.#cuts.add(cut);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      if (cut) this.#cuts.delete(cut);
      this.#release();
    };
  }

  /** Waits no longer for what can be cut. */
  cut(): void {
    for (const cut of this.#cuts) cut();
  }

  /**
   * Waits for a handler whose execution was given up at `gaveUpMs`, and tags how long it went on; not at all where it has
   * settled already, and no longer than `capMs`.
   */
  waitForHandler(handled: Promise<unknown>, { gaveUpMs, capMs }: { gaveUpMs: number; capMs: number }): void {
    const release = this.hold();
    const { span } = this;
    let late = false;
    const settled = (): void => {
      clearTimeout(cap);
      if (late) span.setTag(MOLECULER_LATE, Math.round(timeOf(span) - gaveUpMs));
      this.cut();
      release();
    };
    const cap = setTimeout(() => this.abandon('the handler still runs'), capMs).unref();
    handled.then(settled, settled);
    // A promise that has settled already tells its listeners before this one is told; any other is late.
    Promise.resolve().then(() => {
      late = true;
    });
  }

  /** Ends the span as it is, and says why. */
  abandon(reason: string): void {
    if (this.#ended) return;
    this.span.log({ event: 'unfinished', message: reason });
    this.cut();
    this.#end();
  }

  #release(endMs?: number): void {
    if (--this.#held === 0) this.#end(endMs);
  }

  #end(endMs?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    this.span.finish(endMs);
  }
}
