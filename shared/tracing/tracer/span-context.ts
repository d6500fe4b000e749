/** What of a span travels: its ids, the trace's sampling state, the baggage. */
import * as opentracing from 'opentracing';
import { type Baggage, NO_BAGGAGE } from './baggage.ts';
import { LocalTrace } from './local-trace.ts';

/** No upper half: the trace was begun by a system with 64-bit ids. */
const UPPER_ZEROS = '0000000000000000';

/**
 * The context of a span of this process, or of a remote one that a carrier named. A carrier may also name no span and
 * yet ask for something (baggage, a debug id): then the context has no ids and is not valid.
 */
export class JaegerSpanContext extends opentracing.SpanContext {
  /** 32 lower-case hex digits; the upper 16 are zeros where a 64-bit system began the trace. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** 16 lower-case hex digits, or undefined at the root of a trace. */
  readonly parentId: string | undefined;
  /** One for all spans of the trace in this process. */
  readonly local: LocalTrace;
  readonly baggage: Baggage;

  // In a row, not in an object: every span makes a context, and would leave the object behind.
  constructor(
    traceId: string,
    spanId: string,
    parentId: string | undefined,
    local: LocalTrace,
    baggage: Baggage,
  ) {
    super();
    this.traceId = traceId;
    this.spanId = spanId;
    this.parentId = parentId;
    this.local = local;
    this.baggage = baggage;
  }

  /** False where the context names no span. */
  get isValid(): boolean {
    return this.traceId !== '';
  }

  /** The same context with other baggage; contexts handed out before keep theirs. */
  withBaggage(baggage: Baggage): JaegerSpanContext {
    return new JaegerSpanContext(this.traceId, this.spanId, this.parentId, this.local, baggage);
  }

  /** The same ids with the sampling still to be decided and without baggage, for callers that may not decide either. */
  undecided(): JaegerSpanContext {
    const { traceId, spanId, parentId } = this;
    return new JaegerSpanContext(traceId, spanId, parentId, new LocalTrace(spanId), NO_BAGGAGE);
  }

  /** True where nothing of the trace is recorded, unless somebody raises its priority. */
  get isDiscarded(): boolean {
    return this.local.isDiscarded();
  }

  /** True once the trace is sampled: its spans are recorded and sent. */
  isSampled(): boolean {
    return this.local.isSampled();
  }

  override toTraceId(): string {
    return this.traceId;
  }

  override toSpanId(): string {
    return this.spanId;
  }

  /** The context in the form of the `uber-trace-id` header; a 64-bit trace id in 16 digits, as its systems expect. */
  override toString(): string {
    const traceId = this.traceId.startsWith(UPPER_ZEROS) ? this.traceId.slice(16) : this.traceId;
    return `${traceId}:${this.spanId}:${this.parentId ?? '0'}:${this.local.flags().toString(16)}`;
  }

  /** The same without the parent, which no child needs: what one hop within the mesh has to carry. */
  toHopText(): string {
    return `${this.traceId}:${this.spanId}:0:${this.local.flags().toString(16)}`;
  }

  /** {@link spanId} by the name under which jaeger-client's samplers look for it. */
  get spanIdStr(): string {
    return this.spanId;
  }

  /** {@link local} by the name under which jaeger-client's samplers look for it. */
  get _samplingState(): LocalTrace {
    return this.local;
  }
}
