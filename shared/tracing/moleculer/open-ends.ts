/** Spans whose action has answered already, and that wait for the rest: streams that flow on, handlers that came too late. */
import type { Span } from 'opentracing';
import { MOLECULER_LATE } from '../tags.ts';
import { timeOf } from '../time-of.ts';

/** The spans of a broker that are still open for their rest. */
export class OpenEnds {
  readonly #open = new Set<OpenSpan>();

  /** Keeps `span` open until as many parts as are held have been released. */
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
  #held = 0;
  #ended = false;

  constructor(span: Span, onEnd: () => void) {
    this.span = span;
    this.#onEnd = onEnd;
  }

  /** Holds the span open until the returned function is called; calling it again does nothing. */
  hold(): () => void {
    this.#held++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      if (--this.#held === 0) this.#end();
    };
  }

  /**
   * Waits for a handler whose execution was given up at the deadline, and tags how long it went on; not at all where it
   * had settled by then, and no longer than `capMs`.
   */
  waitForHandler(handled: Promise<unknown>, capMs: number): void {
    const release = this.hold();
    const { span } = this;
    const gaveUpMs = timeOf(span);
    let late = false;
    const settled = (): void => {
      clearTimeout(cap);
      if (late) span.setTag(MOLECULER_LATE, Math.round(timeOf(span) - gaveUpMs));
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
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    this.span.finish();
  }
}
