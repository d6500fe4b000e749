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

/** Tags named `{prefix}.{name}` for what `capture` names in `source`; `{prefix}` alone where that is no object. Never throws. */
export function captureTags(
  prefix: string,
  source: unknown,
  capture: Capture,
  redact: readonly RegExp[] = REDACTED_NAMES,
): Record<string, unknown> {
  const tags: Record<string, unknown> = {};
  if (!capture) return tags;
  try {
    if (typeof source !== 'object' || source === null) {
      if (capture === true && source !== undefined) tags[prefix] = shown(source, redact);
      return tags;
    }
    const names = capture === true ? Object.keys(source) : capture;
    for (const name of names.slice(0, MOST_TAGS)) {
      const value = valueAt(source, name);
      if (value === undefined) continue;
      tags[`${prefix}.${name}`] = isSecret(name, redact) ? REDACTED : shown(value, redact);
    }
  } catch (error) {
    tags[prefix] = tagValue(error);
  }
  return tags;
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
  const safe = tagValue(typeof value === 'object' && value !== null ? cleaned(value, redact, []) : value);
  return typeof safe === 'string' && safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
}

/** A copy without secrets, cut in depth and count. */
function cleaned(value: unknown, redact: readonly RegExp[], path: readonly object[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date || value instanceof Error || value instanceof RegExp) return value;
  if (path.includes(value)) return '[circular]';
  if (path.length >= DEEPEST) return '[too deep]';
  const inner = [...path, value];
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value];
    const first = items.slice(0, MOST_ENTRIES).map((item) => cleaned(item, redact, inner));
    return items.length > MOST_ENTRIES ? [...first, `[${items.length - MOST_ENTRIES} more]`] : first;
  }
  const entries: [unknown, unknown][] =
    value instanceof Map ? [...value] : Object.keys(value).map((key) => [key, guarded(value, key)]);
  return Object.fromEntries(
    entries
      .slice(0, MOST_ENTRIES)
      .map(([key, entry]) => [
        String(key),
        isSecret(String(key), redact) ? REDACTED : cleaned(entry, redact, inner),
      ]),
  );
}

function guarded(owner: object, key: string): unknown {
  try {
    return Reflect.get(owner, key);
  } catch (error) {
    return `[threw: ${tagValue(error)}]`;
  }
}
