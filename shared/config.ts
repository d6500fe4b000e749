/**
 * The environment variables of each process, with their defaults. The tracing library reads its own.
 * `read*` are the pieces, `load*` what one process needs of them; both know no environment but the one they are given.
 */
import { type Environment, type EnvironmentReader, loadConfig } from './environment.ts';

export { type Environment, type EnvironmentReader, loadConfig };

/** The levels of the log, from the one that says most. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `LOG_LEVEL`; info where it is not set. */
export function readLogLevel(variables: EnvironmentReader): LogLevel {
  return variables.oneOf('LOG_LEVEL', LOG_LEVELS) ?? 'info';
}

/** How a broker finds the others. */
export interface MeshConfig {
  /** NATS servers, several with commas between them; undefined where the transporter is to be chosen otherwise. */
  natsUrl: string | undefined;
  /** Brokers see each other only within one namespace. */
  namespace: string;
}

/** `NATS_URL` and `NAMESPACE`. */
export function readMesh(variables: EnvironmentReader): MeshConfig {
  const url = 'like nats://host:4222 (several with commas between them)';
  const name = 'of letters, digits, "-", "_", and single dots between them';
  return {
    natsUrl: variables.text('NATS_URL', url, (value) => value.split(',').every(isNatsUrl)),
    namespace: variables.text('NAMESPACE', name, (value) => NAMESPACE.test(value)) ?? 'tracemesh',
  };
}

// A part of a NATS subject: blanks, wildcards or empty parts would make another subject of it.
const NAMESPACE = /^[\w-]+(\.[\w-]+)*$/;

function isNatsUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'nats:' && url.host !== '' && ['', '/'].includes(url.pathname) && !/\s/.test(text);
}

/** Where the gateway listens, and whom it listens to. */
export interface GatewayConfig {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** How many proxies stand in front of it, whose word on the address of a client is taken. */
  proxies: number;
  /** The origins whose pages may ask. */
  corsOrigins: readonly string[];
  /** Whether `/lab` is there, and the lab is needed. */
  servesLab: boolean;
}

/** `GATEWAY_HOST` or `HOST`, `GATEWAY_PORT` or `PORT`, `GATEWAY_PROXIES`, `CORS_ORIGINS`; and `NODE_ENV`, as production has no lab. */
export function readGateway(variables: EnvironmentReader): GatewayConfig {
  return {
    host: variables.host('GATEWAY_HOST', 'HOST') ?? '127.0.0.1',
    port: variables.port('GATEWAY_PORT', 'PORT') ?? 3000,
    proxies: variables.count('GATEWAY_PROXIES', 10) ?? 0,
    corsOrigins: variables.list('CORS_ORIGINS', 'origins like https://app.example.org', isOrigin) ?? [],
    servesLab: !variables.isProduction,
  };
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.origin === text;
}

/** Who may do what. */
export interface AuthConfig {
  /** What tokens are signed with; undefined where none is set, which production does not allow. */
  jwtSecret: string | undefined;
  /** The e-mail addresses of users who may do everything. They should be registered before the gateway is open to others. */
  adminEmails: readonly string[];
}

/** As many characters as HMAC-SHA256 has bytes: RFC 7518, section 3.2. */
const SHORTEST_SECRET = 32;

/** `JWT_SECRET` and `ADMIN_EMAILS`. */
export function readAuth(variables: EnvironmentReader): AuthConfig {
  const isLong = (value: string) => value.length >= SHORTEST_SECRET;
  const allowed = `a secret of at least ${SHORTEST_SECRET} characters in production`;
  const jwtSecret = variables.secret('JWT_SECRET', allowed, {
    accepts: variables.isProduction ? isLong : () => true,
    required: variables.isProduction,
  });
  return {
    jwtSecret,
    adminEmails:
      variables.list('ADMIN_EMAILS', 'e-mail addresses', (text) => /^[^@\s]+@[^@\s]+$/.test(text)) ?? [],
  };
}

/** Where the users are kept. */
export interface UsersConfig {
  /** The path of the SQLite file, or `:memory:`. */
  databasePath: string;
  /** Where the avatars service is asked for pictures, without a slash at the end. */
  avatarsUrl: string;
}

/** `USERS_DB` and `AVATARS_URL`. */
export function readUsers(variables: EnvironmentReader): UsersConfig {
  return {
    databasePath:
      variables.text('USERS_DB', 'a path of a file, or :memory:', isFilePath) ?? 'data/users.sqlite',
    avatarsUrl: variables.httpUrl('AVATARS_URL') ?? 'http://127.0.0.1:3100',
  };
}

function isFilePath(text: string): boolean {
  return !text.endsWith('/') && !text.includes('\0');
}

/** Where the avatars service listens. */
export interface AvatarsConfig {
  host: string;
  /** 0 takes a free port. */
  port: number;
}

/** `AVATARS_HOST` and `AVATARS_PORT`. */
export function readAvatars(variables: EnvironmentReader): AvatarsConfig {
  return {
    host: variables.host('AVATARS_HOST') ?? '127.0.0.1',
    port: variables.port('AVATARS_PORT') ?? 3100,
  };
}

/** Where a service node tells of itself. */
export interface MetricsConfig {
  host: string;
  /** 0 takes a free port; undefined: it tells nobody. */
  port: number | undefined;
}

/** `METRICS_HOST` and `METRICS_PORT`. */
export function readMetrics(variables: EnvironmentReader): MetricsConfig {
  return { host: variables.host('METRICS_HOST') ?? '127.0.0.1', port: variables.port('METRICS_PORT') };
}

/** The ports of the stand-in, which are Jaeger's own; 0 takes a free one. */
export interface JaegerPorts {
  collectorPort: number;
  binaryPort: number;
  otlpPort: number;
  zipkinPort: number;
  queryPort: number;
}

/** `JAEGER_COLLECTOR_PORT`, `JAEGER_BINARY_PORT`, `JAEGER_OTLP_PORT`, `JAEGER_ZIPKIN_PORT` and `JAEGER_QUERY_PORT`. */
export function readJaegerPorts(variables: EnvironmentReader): JaegerPorts {
  return {
    collectorPort: variables.port('JAEGER_COLLECTOR_PORT') ?? 14_268,
    binaryPort: variables.port('JAEGER_BINARY_PORT') ?? 6832,
    otlpPort: variables.port('JAEGER_OTLP_PORT') ?? 4318,
    zipkinPort: variables.port('JAEGER_ZIPKIN_PORT') ?? 9411,
    queryPort: variables.port('JAEGER_QUERY_PORT') ?? 16_686,
  };
}

/** What the gateway's process reads. @throws {ConfigError} */
export function loadGatewayConfig(env: Environment) {
  return loadConfig(env, (variables) => ({
    gateway: readGateway(variables),
    auth: readAuth(variables),
    mesh: readMesh(variables),
    logLevel: readLogLevel(variables),
  }));
}

/** What every broker node reads. @throws {ConfigError} */
export function loadMeshConfig(env: Environment) {
  return loadConfig(env, (variables) => ({
    mesh: readMesh(variables),
    metrics: readMetrics(variables),
    logLevel: readLogLevel(variables),
  }));
}

/** What the users service reads. @throws {ConfigError} */
export function loadUsersConfig(env: Environment) {
  return loadConfig(env, readUsers);
}

/** Lets the lab begin, but not in production: its faults are planted. @throws {ConfigError} */
export function expectLabAllowed(env: Environment): void {
  const allowed = 'anything but production for the lab, whose faults are planted';
  loadConfig(env, (variables) => ({
    nodeEnv: variables.text('NODE_ENV', allowed, () => !variables.isProduction),
  }));
}

/** What the avatars service reads. @throws {ConfigError} */
export function loadAvatarsConfig(env: Environment) {
  return loadConfig(env, (variables) => ({
    avatars: readAvatars(variables),
    logLevel: readLogLevel(variables),
  }));
}

/** What the Jaeger stand-in reads. @throws {ConfigError} */
export function loadJaegerConfig(env: Environment) {
  return loadConfig(env, (variables) => ({
    ports: readJaegerPorts(variables),
    logLevel: readLogLevel(variables),
  }));
}
