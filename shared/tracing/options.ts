/** What can be set. */
import type { Tracer } from 'opentracing';
import type { TrustPolicy } from './propagation/trust.ts';
import type { Environment } from './setting-reader.ts';
import type { SamplerSettings } from './tracer/sampling.ts';
import type { Tags } from './tracer/tag-pairs.ts';

/** The names of the backends. */
export type BackendName = 'jaeger' | 'jaeger-client' | 'memory' | 'none';

/** Any OpenTracing tracers: one per service. */
export type BackendFactory = (service: string) => Tracer;

/** What the library says while it runs: few lines, each with its reason. Any of pino, console and Moleculer's fits. */
export interface TracingLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** Where a Jaeger takes Thrift over UDP. */
export interface AgentAddress {
  /** A name or an address. */
  readonly host: string;
  /** @default JAEGER_AGENT_PORT, then 6832 */
  readonly port?: number | undefined;
}

/** The options of {@link createTracing}; each may be left out, and wins over the variable that is its default. */
export interface TracingOptions {
  /**
   * The service of spans outside Moleculer services.
   * @default JAEGER_SERVICE_NAME, OTEL_SERVICE_NAME, then the package's name
   */
  service?: string | undefined;
  /**
   * Which tracer, by name or as a factory of OpenTracing tracers. A service for which it makes none, or a promise of one,
   * is not traced, and a warning says so.
   * @default TRACER, then `jaeger`
   */
  backend?: BackendName | BackendFactory | undefined;
  /**
   * Where spans go, Thrift over HTTP. JAEGER_USER and JAEGER_PASSWORD are sent with it.
   * @default JAEGER_ENDPOINT; without `agent` too, `http://127.0.0.1:14268/api/traces`
   */
  endpoint?: string | undefined;
  /**
   * Where spans go instead, Thrift over UDP: no span is confirmed, and one that is larger than a datagram is cut.
   * @default JAEGER_AGENT_HOST and JAEGER_AGENT_PORT where no endpoint is set
   */
  agent?: AgentAddress | undefined;
  /**
   * Which traces are recorded.
   * @default JAEGER_SAMPLER_TYPE and JAEGER_SAMPLER_PARAM, then all
   */
  sampler?: SamplerSettings | undefined;
  /**
   * Tags on the process, beside `hostname`, `ip` and the like.
   * @default JAEGER_TAGS and OTEL_RESOURCE_ATTRIBUTES
   */
  tags?: Tags | undefined;
  /**
   * What incoming HTTP headers may decide.
   * @default TRACE_TRUST, then `none` where NODE_ENV is production, else `local`
   */
  trust?: TrustPolicy | undefined;
  /**
   * Milliseconds after which finished spans are sent at the latest.
   * @default JAEGER_REPORTER_FLUSH_INTERVAL, then 1000
   */
  flushIntervalMs?: number | undefined;
  /**
   * The most spans that wait to be sent.
   * @default JAEGER_REPORTER_MAX_QUEUE_SIZE, then none: their bytes are bounded
   */
  maxQueueSpans?: number | undefined;
  /**
   * A folder for spans that memory cannot hold or a stop cannot send; the next start sends them. Not over UDP.
   * @default TRACE_SPOOL_DIR, then none
   */
  spoolDir?: string | undefined;
  /**
   * Log each span as it is recorded.
   * @default JAEGER_REPORTER_LOG_SPANS, then false
   */
  logSpans?: boolean | undefined;
  /** Show on the next root span how many spans were lost since, and why. @default false */
  logLoss?: boolean | undefined;
  /**
   * Where Jaeger's UI and query API are, for links.
   * @default JAEGER_QUERY_URL, then `http://127.0.0.1:16686`
   */
  queryUrl?: string | undefined;
  /**
   * Takes the few lines that the library has to say.
   * @default standard error, but for what is of level debug
   */
  logger?: TracingLogger | undefined;
  /** @default process.env */
  env?: Environment | undefined;
}
