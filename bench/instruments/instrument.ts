/** What a way of tracing puts into each process of a mesh. */
import type { Middleware as KoaMiddleware } from 'koa';
import type { BrokerOptions } from 'moleculer';

export interface Instrument {
  /** In front of the gateway's route; what it leaves in `ctx.state.meta` goes into the call's meta. */
  readonly koa: readonly KoaMiddleware[];
  /** Added to the options that every broker has. */
  readonly broker: Pick<BrokerOptions, 'middlewares' | 'tracing'>;
  /** Makes one span with so many tags; nothing where that is not measured. */
  readonly makeSpan: (tags: number) => void;
  /** Spans finished so far, where the instrument counts them. */
  finishedSpans?(): number;
  close?(): Promise<unknown>;
}
