/** What a setting can be, and how its text is read. */
import { isIP } from 'node:net';
import { shownValue } from './shown-value.ts';

/** One kind of setting. */
export interface Kind<Value> {
  /** The end of a sentence that begins with "must be". */
  readonly allowed: string;
  /** The value of a text, which is never empty; undefined where it is not allowed. */
  parse(text: string): Value | undefined;
  /** Which part of a text is not allowed, where the text may hold secrets: it is shown in place of the text. */
  badPart?(text: string): string;
}

/** Any text but the empty one. */
export const TEXT: Kind<string> = { allowed: 'a text', parse: (text) => text };

const TRUTHS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** `true`, `false`, 1 or 0, in letters of either case. */
export const TRUTH: Kind<boolean> = {
  allowed: 'true or false',
  parse: (text) => TRUTHS.get(text.toLowerCase()),
};

/** An absolute address, as it was written. */
export const HTTP_URL: Kind<string> = {
  allowed: 'an http:// or https:// address',
  parse: (text) => (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined),
};

/** An address to send to, whose user info becomes a header: `node:http` fails every request where it cannot be decoded. */
export const ENDPOINT: Kind<string> = {
  allowed: `${HTTP_URL.allowed}, any user info in it percent-encoded`,
  parse: (text) => (HTTP_URL.parse(text) !== undefined && hasReadableUserInfo(text) ? text : undefined),
};

function hasReadableUserInfo(address: string): boolean {
  const { username, password } = new URL(address);
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}

/** A port to send to, so not 0. */
export const PORT = wholeNumber(1, 65_535);

/** A dot at the end makes a name a fully qualified one. */
const HOST_NAME =
  /^(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** A host to send to, by name or address. */
export const HOST: Kind<string> = {
  allowed: 'a host name or an IP address',
  parse: (text) => (isIP(text) > 0 || HOST_NAME.test(text) ? text : undefined),
};

const ADDRESS = /^(?:http:\/\/)?(\[[^\]]+\]|[^\s:/\\?#@]+)(?::(\d+))?(?:\/[^?#]*)?$/i;

/** `host:port`; also, as jaeger-client takes it, without the port, with `http://` before it or with a path behind it. */
export function hostPort(defaultPort: number): Kind<string> {
  return {
    allowed: 'host:port',
    parse: (text) => {
      const [, host, port = defaultPort] = ADDRESS.exec(text) ?? [];
      const address = `http://${host}:${port}`;
      if (host === undefined || !URL.canParse(address)) return undefined;
      const { hostname, port: portButFor80 } = new URL(address);
      if (!hostname.startsWith('[') && HOST.parse(hostname) === undefined) return undefined;
      return `${hostname}:${portButFor80 || 80}`;
    },
  };
}

/** One of these texts. */
export function oneOf<Choice extends string>(...choices: readonly Choice[]): Kind<Choice> {
  return {
    allowed: `one of ${choices.join(', ')}`,
    parse: (text) => choices.find((choice) => choice === text),
  };
}

/** Any number within these bounds, in decimal digits, with a point or an exponent. */
export function number(min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> {
  return {
    allowed: `a number${range(min, max)}`,
    parse: (text) =>
      within(/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN, min, max),
  };
}

/** The same in digits alone. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> {
  return {
    allowed: `a whole number${range(min, max)}`,
    parse: (text) => within(/^\d+$/.test(text) ? Number(text) : Number.NaN, min, max),
  };
}

const PAIR = /^\s*([^=\s][^=]*?)\s*=\s*(.*?)\s*$/s;

/** `name=value, name=value`, each value as `read` gives it; `written` says how one must be. */
export function pairs(
  read: (value: string) => string,
  written = 'name=value',
): Kind<Readonly<Record<string, string>>> {
  const parsePair = (pair: string): readonly [string, string] | undefined => {
    const [, name, value] = PAIR.exec(pair) ?? [];
    try {
      return name === undefined || value === undefined ? undefined : [name, read(value)];
    } catch {
      return undefined; // bad percent-encoding
    }
  };
  const split = (text: string): string[] => text.split(',').filter((pair) => pair.trim() !== '');
  return {
    allowed: `${written}, and more of them separated by commas`,
    parse: (text) => {
      const parsed = split(text).map(parsePair);
      return parsed.includes(undefined)
        ? undefined
        : Object.fromEntries(parsed.filter((pair) => pair !== undefined));
    },
    // By its name at most: where a value holds a comma, the rest of it looks like a part.
    badPart: (text) => {
      const parts = split(text);
      const index = parts.findIndex((part) => parsePair(part) === undefined);
      const [, name] = PAIR.exec(parts[index] ?? '') ?? [];
      return name === undefined ? `part ${index + 1}` : shownValue(name);
    },
  };
}

function within(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

function range(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? `, at least ${min}` : ` from ${min} to ${max}`;
}
