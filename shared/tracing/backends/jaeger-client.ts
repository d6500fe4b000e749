/** jaeger-client as it is: its own tracer, made by its own `initTracer`, its own encoder; only the delivery is ours. */
import { createRequire } from 'node:module';
import type { Tracer } from 'opentracing';
import type { Reporter } from '../reporter/reporter.ts';
import type { Backend } from './backend.ts';
import { deliveryStats } from './delivery-stats.ts';
import type { JaegerBackendOptions } from './jaeger.ts';
import { processTags } from './process-tags.ts';

/** A span as jaeger-client hands it to a reporter. */
type ClientSpan = object;

/** What jaeger-client expects of a reporter. */
interface ClientReporter {
  report(span: ClientSpan): void;
  close(done?: () => void): void;
  setProcess(service: string, tags: unknown[]): void;
}

interface JaegerClient {
  initTracer(config: object, options: object): Tracer;
}

interface ThriftUtils {
  spanToThrift(span: ClientSpan): object;
  getThriftTags(tags: unknown[]): object[];
  _thrift: { Batch: { rw: { toBuffer(batch: object): { err?: Error; value: Buffer } } } };
}

const require = createRequire(import.meta.url);

/** A batch is sent once it has so many spans, or is so old. */
const MOST_SPANS = 500;

export function createJaegerClientBackend(reporter: Reporter, options: JaegerBackendOptions): Backend {
  const client = require('jaeger-client') as JaegerClient;
  const counts = { started: 0, finished: 0 };
  const senders: ClientBatches[] = [];
  return {
    enabled: true,
    createTracer: (service) => {
      const batches = new ClientBatches(reporter, { flushIntervalMs: options.flushIntervalMs, counts });
      senders.push(batches);
      return client.initTracer(
        { serviceName: service, sampler: options.sampler, traceId128bit: true },
        { reporter: batches, tags: processTags(options.processTags), metrics: startCounter(counts) },
      );
    },
    stats: () => {
      const waiting = senders.reduce((sum, batches) => sum + batches.waiting, 0);
      const unencodable = senders.reduce((sum, batches) => sum + batches.lost, 0);
      const stats = deliveryStats(reporter, counts, waiting);
      return unencodable === 0 ? stats : { ...stats, dropped: { ...stats.dropped, unencodable } };
    },
    close: ({ deadlineMs }) => {
      for (const batches of senders) batches.flush();
      return reporter.close({ deadlineMs });
    },
  };
}

/** jaeger-client tells of started spans through its metrics, and of sampled ones alone at their end. */
function startCounter(counts: { started: number }): object {
  const none = { increment() {}, record() {}, update() {} };
  return {
    createCounter: (name: string, tags?: { sampled?: string }) =>
      name.endsWith('started_spans') && tags?.sampled === 'y'
        ? { increment: (delta = 1) => (counts.started += delta) }
        : none,
    createTimer: () => none,
    createGauge: () => none,
  };
}

/** Collects a service's spans and encodes them with jaeger-client's own Thrift. */
class ClientBatches implements ClientReporter {
  readonly #reporter: Reporter;
  readonly #options: { flushIntervalMs: number; counts: { finished: number } };
  readonly #thrift = (require('jaeger-client/dist/src/thrift.js') as { default: ThriftUtils }).default;
  #process: object = {};
  #spans: object[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lost = 0;

  constructor(reporter: Reporter, options: { flushIntervalMs: number; counts: { finished: number } }) {
    this.#reporter = reporter;
    this.#options = options;
  }

  get waiting(): number {
    return this.#spans.length;
  }

  /** Spans that jaeger-client could not encode. */
  get lost(): number {
    return this.#lost;
  }

  setProcess(serviceName: string, tags: unknown[]): void {
    this.#process = { serviceName, tags: this.#thrift.getThriftTags(tags) };
  }

  report(span: ClientSpan): void {
    this.#options.counts.finished++;
    try {
      this.#spans.push(this.#thrift.spanToThrift(span));
    } catch {
      // A tag that jaeger-client cannot write (circular, BigInt) would else throw into the request.
      this.#lost++;
      return;
    }
    if (this.#spans.length >= MOST_SPANS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#options.flushIntervalMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const spans = this.#spans;
    if (spans.length === 0) return;
    this.#spans = [];
    const { err, value } = this.#thrift._thrift.Batch.rw.toBuffer({ process: this.#process, spans });
    if (err) this.#lost += spans.length;
    else this.#reporter.send({ bytes: value, spans: spans.length });
  }

  close(done?: () => void): void {
    this.flush();
    done?.();
  }
}
