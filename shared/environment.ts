/** Reads environment variables with their types, and collects all that is wrong instead of stopping at the first. */
import { isIP } from 'node:net';
import { type BadVariable, ConfigError } from './errors.ts';
import { shownValue } from './tracing/shown-value.ts';

/** Variables by name, as in `process.env`, which only composition roots touch. */
export type Environment = Readonly<Record<string, string | undefined>>;

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/**
 * Answers variables by name; where a method takes several names, that of the first one set. An empty value counts as not
 * set. A bad value is noted and answered as undefined; `loadConfig` throws for all.
 */
export class EnvironmentReader {
  readonly #env: Environment;
  readonly #bad = new Map<string, BadVariable>();
  readonly #warnings = new Set<string>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The bad values met so far. */
  get bad(): BadVariable[] {
    return [...this.#bad.values()];
  }

  /** What was ignored, and why: for the log. */
  get warnings(): string[] {
    return [...this.#warnings];
  }

  /** A port to listen on; 0 takes a free one. */
  port(...names: [string, ...string[]]): number | undefined {
    const usable = names.filter((name) => !this.#isServiceLink(name));
    return this.#read(usable, 'a whole number from 0 to 65535 (0 takes a free port)', (value) => {
      const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
      return port <= 65_535 ? port : undefined;
    });
  }

  /** A host name or an IP address. */
  host(...names: [string, ...string[]]): string | undefined {
    return this.#read(names, 'a host name or an IP address', (value) =>
      isIP(value) > 0 || HOST_NAME.test(value) ? value : undefined,
    );
  }

  /** A whole number, 0 to `most`. */
  count(name: string, most: number): number | undefined {
    return this.#read([name], `a whole number from 0 to ${most}`, (value) =>
      /^\d{1,9}$/.test(value) && Number(value) <= most ? Number(value) : undefined,
    );
  }

  /** Several texts with commas between them; `accepts` takes each, `allowed` describes all of them. */
  list(name: string, allowed: string, accepts: (value: string) => boolean): string[] | undefined {
    return this.#read([name], `${allowed}, with commas between them`, (value) => {
      const parts = value.split(',').map((part) => part.trim());
      return parts.every(accepts) ? parts : undefined;
    });
  }

  /** A text that is shown to nobody. */
  secret(
    name: string,
    allowed: string,
    { accepts, required }: { accepts: (value: string) => boolean; required: boolean },
  ): string | undefined {
    const value = this.#env[name] || undefined;
    if (value === undefined ? required : !accepts(value))
      this.#bad.set(name, { name, value: value === undefined ? '' : '***', allowed });
    return value;
  }

  /** `NODE_ENV=production`: what is handy in development would be dangerous. */
  get isProduction(): boolean {
    return this.#env['NODE_ENV'] === 'production';
  }

  /** The address of an HTTP server, without a slash at the end. */
  httpUrl(name: string): string | undefined {
    return this.#read([name], 'like http://host:3000', (value) => {
      const url = URL.parse(value);
      const isBase =
        url?.host &&
        !url.username &&
        !url.password &&
        ['http:', 'https:'].includes(url.protocol) &&
        !url.search &&
        !url.hash;
      return isBase && !/\s/.test(value) ? value.replace(/\/+$/, '') : undefined;
    });
  }

  /** One of the values named. */
  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    return this.#read([name], `one of ${values.join(', ')}`, (value) =>
      values.find((candidate) => candidate === value),
    );
  }

  /** A text that `accepts` takes; `allowed` describes it as the end of a sentence that begins with "must be". */
  text(name: string, allowed: string, accepts: (value: string) => boolean): string | undefined {
    return this.#read([name], allowed, (value) => (accepts(value) ? value : undefined));
  }

  #read<T>(
    names: readonly string[],
    allowed: string,
    parse: (value: string) => T | undefined,
  ): T | undefined {
    const name = names.find((candidate) => this.#env[candidate]);
    const value = name && this.#env[name];
    if (!name || !value) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) this.#bad.set(name, { name, value: shownValue(value), allowed });
    return parsed;
  }

  /** Kubernetes sets `<SERVICE>_PORT=tcp://...` in every pod beside a service of that name: it is not meant for us. */
  #isServiceLink(name: string): boolean {
    const value = this.#env[name] ?? '';
    if (!name.endsWith('_PORT') || !value.startsWith('tcp://')) return false;
    this.#warnings.add(
      `${name}=${shownValue(value)} is ignored: it looks like a Kubernetes service link, not a port`,
    );
    return true;
  }
}

/**
 * Reads a configuration in one go.
 * @returns what `read` answers, and the `warnings` to be logged once there is a logger
 * @throws {ConfigError} naming every bad variable that `read` asked for
 */
export function loadConfig<T extends object>(
  env: Environment,
  read: (variables: EnvironmentReader) => T,
): T & { warnings: readonly string[] } {
  const variables = new EnvironmentReader(env);
  const config = read(variables);
  if (variables.bad.length > 0) throw new ConfigError(variables.bad);
  return { ...config, warnings: variables.warnings };
}
