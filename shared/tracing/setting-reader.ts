/** Reads settings from the options and the environment, and collects all that is wrong instead of stopping at the first. */
import type { Kind } from './setting-kinds.ts';
import { shownValue } from './shown-value.ts';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export class SettingReader {
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #env: Environment;
  readonly #problems = new Set<string>();
  readonly #warnings = new Set<string>();

  constructor(options: Readonly<Record<string, unknown>>, env: Environment) {
    this.#options = options;
    this.#env = env;
  }

  /** What is wrong, one sentence each. */
  get problems(): string[] {
    return [...this.#problems];
  }

  /** What was ignored, and why. */
  get warnings(): string[] {
    return [...this.#warnings];
  }

  /**
   * An option, or else the first of the variables that is set; undefined where none is. One that is null is not set. An option
   * within an option is named as people write it: `agent.port`.
   */
  read<Value>(kind: Kind<Value>, option: string, ...variables: string[]): Value | undefined {
    const given = this.#given(option);
    return given === undefined
      ? this.variable(kind, ...variables)
      : this.#parsed(kind, option, optionText(given));
  }

  /**
   * An option that is an object; undefined where it is not set. Anything else is a problem, and counts as not set; its message
   * shows `shown` in the place of the value, where that may be secret.
   */
  object(option: string, shown?: string): Readonly<Record<string, unknown>> | undefined {
    return this.checked(option, isPlainObject, { allowed: 'an object', shown });
  }

  /** An option that is a list of texts; undefined where it is not set. Anything else is a problem, and counts as not set. */
  list(option: string): readonly string[] | undefined {
    return this.checked(option, isListOfTexts, { allowed: 'a list of texts' });
  }

  /** The same of what `isOfShape` knows. */
  checked<Shape>(
    option: string,
    isOfShape: (value: unknown) => value is Shape,
    { allowed, shown }: { allowed: string; shown?: string | undefined },
  ): Shape | undefined {
    const given = this.#given(option);
    if (given === undefined) return undefined;
    if (isOfShape(given)) return given;
    this.#reject(option, shown ?? optionText(given), allowed);
    return undefined;
  }

  /** The first of the variables that is set; an empty one counts as not set, as compose files leave them. */
  variable<Value>(kind: Kind<Value>, ...variables: string[]): Value | undefined {
    for (const name of variables) {
      const text = this.#env[name]?.trim() ?? '';
      if (text !== '' && !this.#isServiceLink(name, text)) return this.#parsed(kind, name, text);
    }
    return undefined;
  }

  /** A variable that is taken as it is: a password may begin and end with blanks, or be of nothing else. */
  secret(name: string): string | undefined {
    return this.#env[name] || undefined;
  }

  /** Notes what has no effect, beside other settings or at all, and why. */
  ignore(name: string, value: string, reason: string): void {
    this.#warnings.add(`${name}=${shownValue(value)} is ignored: ${reason}`);
  }

  #given(option: string): unknown {
    const [name = '', inner] = option.split('.');
    return (inner === undefined ? this.#options[name] : this.object(name)?.[inner]) ?? undefined;
  }

  #parsed<Value>(kind: Kind<Value>, name: string, text: string): Value | undefined {
    const value = text === '' ? undefined : kind.parse(text);
    if (value !== undefined) return value;
    if (kind.badPart) this.#problems.add(`${name} (${kind.badPart(text)}) must be ${kind.allowed}`);
    else this.#reject(name, text, kind.allowed);
    return undefined;
  }

  #reject(name: string, text: string, allowed: string): void {
    this.#problems.add(`${name}=${shownValue(text)} must be ${allowed}`);
  }

  /** Kubernetes sets `<SERVICE>_PORT=tcp://...` in every pod beside a service of that name: it is not meant for us. */
  #isServiceLink(name: string, text: string): boolean {
    if (!name.endsWith('_PORT') || !text.startsWith('tcp://')) return false;
    this.ignore(name, text, 'it looks like a Kubernetes service link, not a port');
    return true;
  }
}

/** Numbers and booleans have the texts that are read from variables; nothing else has a text that is allowed. */
function optionText(given: unknown): string {
  return typeof given === 'object' || typeof given === 'function' ? '' : String(given);
}

export function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Not a list, a map, a URL and the like, whose entries are none of ours; an instance of the application's class is one. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
