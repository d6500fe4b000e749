/** What can be set, and where it comes from: the options win over the environment, the environment over the defaults. */
import { readFileSync } from 'node:fs';
import type { Tracer } from 'opentracing';
import { TracingOptionsError } from './errors.ts';
import type { TrustPolicy } from './propagation/trust.ts';
import type { SamplerSettings } from './tracer/sampling.ts';
import type { Tags } from './tracer/span.ts';

const BACKENDS = ['jaeger', 'jaeger-client', 'memory', 'none'] as const;

/** The names of the backends. */
export type BackendName = (typeof BACKENDS)[number];

/** Any OpenTracing tracers: one per service. */
export type BackendFactory = (service: string) => Tracer;

/** What the library says while it runs: few lines, each with its reason. Any of pino, console and Moleculer's fits. */
export interface TracingLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** The options of {@link createTracing}; each may be left out. */
export interface TracingOptions {
  /** The service of spans outside Moleculer services. @default JAEGER_SERVICE_NAME, OTEL_SERVICE_NAME, then the package's name */
  service?: string;
  /** Which tracer, by name or as a factory of OpenTracing tracers. @default TRACER, then `jaeger` */
  backend?: BackendName | BackendFactory;
  /** Where spans go, Thrift over HTTP. @default JAEGER_ENDPOINT, then `http://127.0.0.1:14268/api/traces` */
  endpoint?: string;
  /** Which traces are recorded. @default JAEGER_SAMPLER_TYPE and JAEGER_SAMPLER_PARAM, then all */
  sampler?: SamplerSettings;
  /** Tags on the process. @default JAEGER_TAGS and OTEL_RESOURCE_ATTRIBUTES */
  tags?: Tags;
  /** What incoming HTTP headers may decide. @default TRACE_TRUST, then all from loopback and none else */
  trust?: TrustPolicy;
  /** Milliseconds after which spans are sent at the latest. @default JAEGER_REPORTER_FLUSH_INTERVAL, then 1000 */
  flushIntervalMs?: number;
  /** Where Jaeger's UI and query API are, for links. @default JAEGER_QUERY_URL, then `http://127.0.0.1:16686` */
  queryUrl?: string;
  /** Takes the few lines that the library has to say. @default warnings go to standard error */
  logger?: TracingLogger;
  /** The environment. @default process.env */
  env?: Readonly<Record<string, string | undefined>>;
}

/** The options, complete. */
export interface TracingSettings {
  readonly service: string;
  readonly backend: BackendName | BackendFactory;
  readonly endpoint: string;
  readonly endpointHeaders: Readonly<Record<string, string>>;
  readonly sampler: SamplerSettings;
  readonly processTags: Tags;
  readonly trust: TrustPolicy;
  readonly flushIntervalMs: number;
  readonly queryUrl: string;
  readonly logger: TracingLogger;
}

const TO_STANDARD_ERROR: TracingLogger = {
  debug() {},
  info() {},
  warn: (message) => process.stderr.write(`${message}\n`),
};

/** Checks options and environment together; throws one {@link TracingOptionsError} that names all that is wrong. */
export function readSettings(options: TracingOptions): TracingSettings {
  const env = options.env ?? process.env;
  const problems: string[] = [];
  const disabled = truth(env, 'JAEGER_DISABLED', problems) || truth(env, 'OTEL_SDK_DISABLED', problems);
  const backend = disabled
    ? 'none'
    : (options.backend ?? oneOf(env, 'TRACER', BACKENDS, problems) ?? 'jaeger');
  const settings: TracingSettings = {
    service:
      options.service ?? text(env, 'JAEGER_SERVICE_NAME') ?? text(env, 'OTEL_SERVICE_NAME') ?? packageName(),
    backend,
    endpoint:
      options.endpoint ?? url(env, 'JAEGER_ENDPOINT', problems) ?? 'http://127.0.0.1:14268/api/traces',
    endpointHeaders: basicAuth(env),
    sampler: options.sampler ?? samplerFrom(env, problems),
    processTags: { ...resourceAttributes(env, problems), ...jaegerTags(env, problems), ...options.tags },
    trust: options.trust ?? oneOf(env, 'TRACE_TRUST', ['none', 'ids', 'all'], problems) ?? defaultTrust(env),
    flushIntervalMs:
      options.flushIntervalMs ?? number(env, 'JAEGER_REPORTER_FLUSH_INTERVAL', { min: 1 }, problems) ?? 1000,
    queryUrl: options.queryUrl ?? url(env, 'JAEGER_QUERY_URL', problems) ?? 'http://127.0.0.1:16686',
    logger: options.logger ?? TO_STANDARD_ERROR,
  };
  if (typeof settings.backend === 'string' && !BACKENDS.includes(settings.backend))
    problems.push(
      `backend=${settings.backend}: must be one of ${BACKENDS.join(', ')}, or a factory of tracers`,
    );
  if (settings.service.trim() === '') problems.push('service: must not be empty');
  checkSampler(settings.sampler, problems);
  if (problems.length > 0) throw new TracingOptionsError(problems);
  return settings;
}

type Env = Readonly<Record<string, string | undefined>>;

/** A variable that is set to something; an empty one counts as not set, as compose files leave them. */
function text(env: Env, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function oneOf<Choice extends string>(
  env: Env,
  name: string,
  choices: readonly Choice[],
  problems: string[],
): Choice | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  if (choices.includes(value as Choice)) return value as Choice;
  problems.push(`${name}=${value}: must be one of ${choices.join(', ')}`);
  return undefined;
}

function truth(env: Env, name: string, problems: string[]): boolean {
  const value = text(env, name)?.toLowerCase();
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  problems.push(`${name}=${value}: must be true or false`);
  return false;
}

function number(
  env: Env,
  name: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number },
  problems: string[],
): number | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (Number.isFinite(parsed) && parsed >= min && parsed <= max) return parsed;
  problems.push(`${name}=${value}: must be a number from ${min} to ${max}`);
  return undefined;
}

function url(env: Env, name: string, problems: string[]): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  problems.push(`${name}=${withoutUserInfo(value)}: must be an http:// or https:// address`);
  return undefined;
}

/** User names and passwords in addresses are secrets. */
function withoutUserInfo(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//***@');
}

function samplerFrom(env: Env, problems: string[]): SamplerSettings {
  const type = oneOf(env, 'JAEGER_SAMPLER_TYPE', ['const', 'probabilistic'], problems) ?? 'const';
  const param = number(env, 'JAEGER_SAMPLER_PARAM', { min: 0, max: 1 }, problems) ?? 1;
  return { type, param };
}

function checkSampler({ type, param }: SamplerSettings, problems: string[]): void {
  if (type !== 'const' && type !== 'probabilistic')
    problems.push(`sampler.type=${type}: must be const or probabilistic`);
  if (type === 'const' && param !== 0 && param !== 1)
    problems.push(`JAEGER_SAMPLER_PARAM=${param}: must be 0 or 1 for the const sampler`);
  if (type === 'probabilistic' && !(param >= 0 && param <= 1))
    problems.push(`JAEGER_SAMPLER_PARAM=${param}: must be from 0 to 1 for the probabilistic sampler`);
}

function basicAuth(env: Env): Record<string, string> {
  const user = text(env, 'JAEGER_USER');
  if (user === undefined) return {};
  const pair = Buffer.from(`${user}:${env['JAEGER_PASSWORD'] ?? ''}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}

/** `k=v,k2=${ENV:default}`, as jaeger-client reads it. */
function jaegerTags(env: Env, problems: string[]): Tags {
  return pairs(env, 'JAEGER_TAGS', problems, (value) => {
    const [, name, fallback] = /^\$\{([^:}]+)(?::([^}]*))?\}$/.exec(value) ?? [];
    return name === undefined ? value : (env[name] ?? fallback ?? '');
  });
}

/** `k=v,k2=v2`, percent-encoded, as OpenTelemetry reads it; the service's name is no tag. */
function resourceAttributes(env: Env, problems: string[]): Tags {
  const { 'service.name': _, ...tags } = pairs(env, 'OTEL_RESOURCE_ATTRIBUTES', problems, (value) =>
    decodeURIComponent(value),
  );
  return tags;
}

function pairs(
  env: Env,
  name: string,
  problems: string[],
  read: (value: string) => string,
): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const pair of (text(env, name) ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim();
    try {
      if (at < 1 || key === '') throw new Error('no name');
      tags[key] = read(pair.slice(at + 1).trim());
    } catch {
      problems.push(`${name}: "${pair.trim()}" must have the form name=value`);
    }
  }
  return tags;
}

function defaultTrust(env: Env): TrustPolicy {
  return text(env, 'NODE_ENV') === 'production' ? 'none' : 'local';
}

function packageName(): string {
  try {
    const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
    return typeof name === 'string' && name !== '' ? name : 'unknown-service';
  } catch {
    return 'unknown-service';
  }
}
