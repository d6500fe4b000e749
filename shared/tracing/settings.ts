/** What is set, and where it comes from: the options win over the environment, the environment over the defaults. */
import { readFileSync } from 'node:fs';
import { containLogger } from './contained-logger.ts';
import { TracingOptionsError } from './errors.ts';
import type { BackendFactory, BackendName, TracingLogger, TracingOptions } from './options.ts';
import type { TrustPolicy } from './propagation/trust.ts';
import * as kind from './setting-kinds.ts';
import { type Environment, SettingReader } from './setting-reader.ts';
import { DEFAULT_QUERY_URL } from './trace-url.ts';
import type { SamplerSettings } from './tracer/sampling.ts';
import type { Tags } from './tracer/tag-pairs.ts';

/** Where batches go. */
export type CollectorAddress =
  | { readonly endpoint: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly agent: { readonly host: string; readonly port: number } };

/** The options, complete. */
export interface TracingSettings {
  readonly service: string;
  readonly backend: BackendName | BackendFactory;
  readonly collector: CollectorAddress;
  readonly sampler: SamplerSettings;
  readonly processTags: Tags;
  readonly trust: TrustPolicy;
  readonly flushIntervalMs: number;
  readonly maxQueueSpans: number | undefined;
  readonly spoolDir: string | undefined;
  readonly logSpans: boolean;
  readonly logLoss: boolean;
  readonly queryUrl: string;
  readonly logger: TracingLogger;
  /** What was ignored, and why: for the log. */
  readonly warnings: readonly string[];
}

const BACKEND = kind.oneOf<BackendName>('jaeger', 'jaeger-client', 'memory', 'none');
/** What {@link TracingOptions.trust} can be, and that of a middleware. */
export const TRUST = kind.oneOf<TrustPolicy>('none', 'ids', 'all', 'local');
const SAMPLER_TYPE = kind.oneOf<SamplerSettings['type']>('const', 'probabilistic', 'ratelimiting', 'remote');
const SHARE = kind.number(0, 1);
// jaeger-client reads the parameter of any sampler as a float, so there are deployments with 1.0.
const ALL_OR_NONE: kind.Kind<number> = {
  allowed: 'a whole number from 0 to 1',
  parse: (text) => [0, 1].find((param) => param === SHARE.parse(text)),
};
const SAMPLER_PARAMS = {
  const: { allowed: ALL_OR_NONE, fallback: 1 },
  probabilistic: { allowed: SHARE, fallback: 1 },
  ratelimiting: { allowed: kind.number(0), fallback: 1 },
  // jaeger-client's own: a service that nobody has heard of yet must not flood its Jaeger.
  remote: { allowed: SHARE, fallback: 0.001 },
} as const;
const SAMPLING_PORT = 5778;
const ATTRIBUTES = kind.pairs(decodeURIComponent, 'name=value with the value percent-encoded');
const MILLISECONDS = kind.number(1, 2 ** 31 - 1);

const DEFAULT_ENDPOINT = 'http://127.0.0.1:14268/api/traces';
const DEFAULT_AGENT_HOST = '127.0.0.1';
const DEFAULT_AGENT_PORT = 6832;
const UNKNOWN_SERVICE = 'unknown-service';

function toStandardError(message: string): void {
  process.stderr.write(`${message}\n`);
}

const TO_STANDARD_ERROR: TracingLogger = {
  debug() {},
  info: toStandardError,
  warn: toStandardError,
};

/** Checks options and environment together; throws one {@link TracingOptionsError} that names all that is wrong. */
export function readSettings(options: TracingOptions): TracingSettings {
  const env = options.env ?? process.env;
  const reader = new SettingReader({ ...options }, env);
  const attributes = reader.variable(ATTRIBUTES, 'OTEL_RESOURCE_ATTRIBUTES');
  const settings = {
    service: readService(reader, attributes),
    backend: readBackend(reader, options),
    collector: readCollector(reader),
    sampler: readSampler(reader),
    processTags: readTags(reader, attributes, env),
    trust: reader.read(TRUST, 'trust', 'TRACE_TRUST') ?? defaultTrust(env),
    flushIntervalMs: reader.read(MILLISECONDS, 'flushIntervalMs', 'JAEGER_REPORTER_FLUSH_INTERVAL') ?? 1000,
    maxQueueSpans: reader.read(kind.wholeNumber(1), 'maxQueueSpans', 'JAEGER_REPORTER_MAX_QUEUE_SIZE'),
    spoolDir: reader.read(kind.TEXT, 'spoolDir', 'TRACE_SPOOL_DIR'),
    logSpans: reader.read(kind.TRUTH, 'logSpans', 'JAEGER_REPORTER_LOG_SPANS') ?? false,
    logLoss: reader.read(kind.TRUTH, 'logLoss') ?? false,
    queryUrl: reader.read(kind.HTTP_URL, 'queryUrl', 'JAEGER_QUERY_URL') ?? DEFAULT_QUERY_URL,
    logger: containLogger(options.logger ?? TO_STANDARD_ERROR),
  };
  if ('agent' in settings.collector && settings.spoolDir !== undefined)
    reader.ignore('TRACE_SPOOL_DIR', settings.spoolDir, 'what goes over UDP is confirmed by nobody');
  if (reader.problems.length > 0) throw new TracingOptionsError(reader.problems);
  return { ...settings, warnings: reader.warnings };
}

function readService(reader: SettingReader, attributes: Tags = {}): string {
  const named = reader.read(kind.TEXT, 'service', 'JAEGER_SERVICE_NAME', 'OTEL_SERVICE_NAME');
  return named ?? ((attributes['service.name'] as string | undefined) || packageName());
}

function readBackend(reader: SettingReader, { backend }: TracingOptions): TracingSettings['backend'] {
  const disabled = ['JAEGER_DISABLED', 'OTEL_SDK_DISABLED'].map((name) => reader.variable(kind.TRUTH, name));
  const chosen = typeof backend === 'function' ? backend : reader.read(BACKEND, 'backend', 'TRACER');
  return disabled.includes(true) ? 'none' : (chosen ?? 'jaeger');
}

/** What is said in the options first; within each, an endpoint before an agent. */
function readCollector(reader: SettingReader): CollectorAddress {
  const host = reader.read(kind.HOST, 'agent.host');
  const endpoint =
    reader.read(kind.ENDPOINT, 'endpoint') ??
    (host === undefined ? reader.variable(kind.ENDPOINT, 'JAEGER_ENDPOINT') : undefined);
  const agentHost = host ?? reader.variable(kind.HOST, 'JAEGER_AGENT_HOST');
  const agentPort = reader.read(kind.PORT, 'agent.port', 'JAEGER_AGENT_PORT');
  if (endpoint !== undefined || (agentHost === undefined && agentPort === undefined))
    return { endpoint: endpoint ?? DEFAULT_ENDPOINT, headers: readBasicAuth(reader) };
  return { agent: { host: agentHost ?? DEFAULT_AGENT_HOST, port: agentPort ?? DEFAULT_AGENT_PORT } };
}

function readBasicAuth(reader: SettingReader): Record<string, string> {
  const user = reader.variable(kind.TEXT, 'JAEGER_USER');
  if (user === undefined) return {};
  const password = reader.secret('JAEGER_PASSWORD') ?? '';
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

function readSampler(reader: SettingReader): SamplerSettings {
  const type = reader.read(SAMPLER_TYPE, 'sampler.type', 'JAEGER_SAMPLER_TYPE') ?? 'const';
  const { allowed, fallback } = SAMPLER_PARAMS[type];
  const param = reader.read(allowed, 'sampler.param', 'JAEGER_SAMPLER_PARAM') ?? fallback;
  if (type !== 'remote') return { type, param };
  return {
    type,
    param,
    hostPort: reader.read(
      kind.hostPort(SAMPLING_PORT),
      'sampler.hostPort',
      'JAEGER_SAMPLER_MANAGER_HOST_PORT',
    ),
    refreshIntervalMs: reader.read(
      MILLISECONDS,
      'sampler.refreshIntervalMs',
      'JAEGER_SAMPLER_REFRESH_INTERVAL',
    ),
  };
}

function readTags(
  reader: SettingReader,
  { 'service.name': _, ...attributes }: Tags = {},
  env: Environment,
): Tags {
  // Whoever writes tags as a text writes what JAEGER_TAGS takes, values and all.
  const tags = reader.object('tags', '***') as Tags | undefined;
  return { ...attributes, ...reader.variable(jaegerTags(env), 'JAEGER_TAGS'), ...tags };
}

/** A value may name another variable, and what to take where that is not set: `${NAME:default}`. */
function jaegerTags(env: Environment) {
  return kind.pairs((value) => {
    const [, name, fallback = ''] = /^\$\{([^:}]+)(?::(.*))?\}$/s.exec(value) ?? [];
    return name === undefined ? value : env[name] || fallback;
  });
}

function defaultTrust(env: Environment): TrustPolicy {
  return env['NODE_ENV'] === 'production' ? 'none' : 'local';
}

function packageName(): string {
  try {
    const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
    return typeof name === 'string' && name !== '' ? name : UNKNOWN_SERVICE;
  } catch {
    return UNKNOWN_SERVICE;
  }
}
