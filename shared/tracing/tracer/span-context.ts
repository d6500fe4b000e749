/** What of a span travels: its ids, the trace's sampling state, the baggage. */
import opentracing from 'opentracing';
import { type Baggage, NO_BAGGAGE } from './baggage.ts';
import { createSamplingState, type SamplingState } from './sampling.ts';

/** The context of a span of this process, or of a remote one that a carrier named. */
export class JaegerSpanContext extends opentracing.SpanContext {
  /** 32 lower-case hex digits; the upper 16 are zeros where a 64-bit system began the trace. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** 16 lower-case hex digits, or undefined at the root of a trace. */
  readonly parentId: string | undefined;
  readonly sampling: SamplingState;
  /** True where the span belongs to another process. */
  readonly remote: boolean;
  readonly baggage: Baggage;

  constructor(
    traceId: string,
    spanId: string,
    parentId: string | undefined,
    rest: { sampling: SamplingState; baggage: Baggage; remote: boolean },
  ) {
    super();
    this.traceId = traceId;
    this.spanId = spanId;
    this.parentId = parentId;
    this.sampling = rest.sampling;
    this.baggage = rest.baggage;
    this.remote = rest.remote;
  }

  /** The context of a new child span of this process. */
  child(spanId: string): JaegerSpanContext {
    const { sampling, baggage } = this;
    return new JaegerSpanContext(this.traceId, spanId, this.spanId, { sampling, baggage, remote: false });
  }

  /** The same context with other baggage; contexts handed out before keep theirs. */
  withBaggage(baggage: Baggage): JaegerSpanContext {
    const { sampling, remote } = this;
    return new JaegerSpanContext(this.traceId, this.spanId, this.parentId, { sampling, baggage, remote });
  }

  /** The same ids with the sampling still to be decided and without baggage, for callers that may not decide either. */
  undecided(): JaegerSpanContext {
    const rest = { sampling: createSamplingState(this.spanId), baggage: NO_BAGGAGE, remote: this.remote };
    return new JaegerSpanContext(this.traceId, this.spanId, this.parentId, rest);
  }

  /** True once the trace is sampled: its spans are recorded and sent. */
  isSampled(): boolean {
    return this.sampling.isSampled();
  }

  override toTraceId(): string {
    return this.traceId;
  }

  override toSpanId(): string {
    return this.spanId;
  }

  /** The context in the form of the `uber-trace-id` header. */
  override toString(): string {
    const parent = this.parentId ?? '0';
    return `${this.traceId}:${this.spanId}:${parent}:${this.sampling.flags().toString(16)}`;
  }
}
