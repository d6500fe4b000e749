/**
 * Values of params, meta, responses and headers as tags: only what was asked for by name, nothing whose name looks like
 * a secret, and never much of it.
 */
import { tagValue } from './tag-value.ts';

/** Which values: by name (dots lead into objects), or all of the top level where it is `true`. */
export type Capture = boolean | readonly string[] | null | undefined;

/** Names whose values are never shown, wherever they stand. */
export const REDACTED_NAMES: readonly RegExp[] = [
  /pass(word|wd|phrase|code)?$/i,
  /^pw$/i,
  /secret/i,
  /token/i,
  /jwt/i,
  /auth(orization)?$/i,
  /cookie/i,
  /session/i,
  /api[-_]?key/i,
  /private[-_]?key/i,
  /credential/i,
  /card[-_]?n(o|um)/i,
  /^(cvv|cvc|pin|ssn|iban)$/i,
];

const REDACTED = '[redacted]';
const MOST_TAGS = 32;
const MOST_ENTRIES = 50;
const DEEPEST = 5;
const LONGEST = 1024;

/** Tags named `{prefix}.{name}` for what `capture` names in `source`; `{prefix}` alone where that has no names. Never throws. */
export function captureTags(
  prefix: string,
  source: unknown,
  capture: Capture,
  redact: readonly RegExp[] = REDACTED_NAMES,
): Record<string, unknown> {
  if (!capture || source === undefined) return {};
  try {
    if (!hasNames(source)) return capture === true ? { [prefix]: shown(source, redact) } : {};
    const names = capture === true ? Object.keys(source) : capture;
    return tagsOf(source, names, { redact, prefix: `${prefix}.` });
  } catch (error) {
    return { [prefix]: unreadable(error) };
  }
}

/** Tags of all that `source` has, by its own names. Throws where these cannot be told. */
export function captureAll(source: unknown, redact: readonly RegExp[]): Record<string, unknown> {
  return hasNames(source) ? tagsOf(source, Object.keys(source), { redact, prefix: '' }) : {};
}

function tagsOf(
  source: object,
  names: readonly string[],
  { redact, prefix }: { redact: readonly RegExp[]; prefix: string },
): Record<string, unknown> {
  const tags: Record<string, unknown> = {};
  for (const name of names.slice(0, MOST_TAGS)) {
    const read = () =>
      isSecret(name, redact) ? (isThere(source, name) ? REDACTED : undefined) : valueAt(source, name);
    const value = guarded(() => shown(read(), redact));
    if (value !== undefined) tags[prefix + name] = value;
  }
  return tags;
}

/** Lists, bytes, dates, streams and the like are one value. */
function hasNames(source: unknown): source is object {
  return (
    typeof source === 'object' && source !== null && !Array.isArray(source) && oneValue(source) === undefined
  );
}

/** What cannot be read is there. */
function isThere(source: object, path: string): boolean {
  try {
    return valueAt(source, path) !== undefined;
  } catch {
    return true;
  }
}

function valueAt(source: object, path: string): unknown {
  if (Object.hasOwn(source, path)) return Reflect.get(source, path);
  let value: unknown = source;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** Any part of the path may be the secret one. */
function isSecret(path: string, redact: readonly RegExp[]): boolean {
  return path.split('.').some((name) => redact.some((pattern) => pattern.test(name)));
}

function shown(value: unknown, redact: readonly RegExp[]): unknown {
  return value === undefined ? undefined : tagValue(cleaned(value, redact, []), LONGEST);
}

/** A copy without secrets, cut in depth and count. */
function cleaned(value: unknown, redact: readonly RegExp[], path: readonly object[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const one = oneValue(value);
  if (one !== undefined) return one;
  if (path.includes(value)) return '[circular]';
  if (path.length >= DEEPEST) return '[too deep]';
  const inner = [...path, value];
  if ('toJSON' in value && typeof value.toJSON === 'function') return cleaned(value.toJSON(), redact, inner);
  if (Array.isArray(value) || value instanceof Set) {
    const size = Array.isArray(value) ? value.length : value.size;
    const first = firstOf(value).map((item) => cleaned(item, redact, inner));
    return size > MOST_ENTRIES ? [...first, `[${size - MOST_ENTRIES} more]`] : first;
  }
  const entries: [unknown, () => unknown][] =
    value instanceof Map
      ? firstOf(value).map(([key, entry]) => [key, () => entry])
      : firstOf(Object.keys(value)).map((key) => [key, () => Reflect.get(value, key)]);
  return Object.fromEntries(
    entries.map(([key, read]) => [
      String(key),
      isSecret(String(key), redact) ? REDACTED : guarded(() => cleaned(read(), redact, inner)),
    ]),
  );
}

/** What stands for an object that is not looked into; undefined for those that are. */
function oneValue(value: object): unknown {
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date || value instanceof Error || value instanceof RegExp) return value;
  if ('pipe' in value && typeof value.pipe === 'function') return '[stream]';
  return undefined;
}

function firstOf<Item>(items: Iterable<Item>): Item[] {
  return Iterator.from(items).take(MOST_ENTRIES).toArray();
}

function guarded(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): string {
  return `[threw: ${tagValue(error)}]`;
}
