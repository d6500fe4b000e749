/** Tags in the form in which spans keep them: one flat list of name, value, name, value, ... */
import { textOf } from '../text.ts';

/** Tags by name, as callers give them. */
export type Tags = Readonly<Record<string, unknown>>;

/** Names and values in turn; no name twice. */
export type TagPairs = readonly unknown[];

/** A span has no more tags, and a log no more fields, than this: who adds in a loop must not fill the memory. */
export const MOST_TAGS = 1000;

/** The own properties of `tags` as pairs; a getter that throws gives its error in words. Nothing where it is no object. */
export function tagPairs(tags: unknown): unknown[] {
  if (typeof tags !== 'object' || tags === null) return [];
  try {
    return pairsOf(tags as Tags, readAsIs);
  } catch {
    return carefulPairs(tags as Tags);
  }
}

/** Whether `tags` says anything of `name`. */
export function hasTag(tags: unknown, name: string): tags is Tags {
  try {
    return typeof tags === 'object' && tags !== null && Object.hasOwn(tags, name);
  } catch {
    return false; // a Proxy that throws
  }
}

/** What `tags` says of `name`; where a getter throws, its error in words. */
export function readTag(tags: Tags, name: string): unknown {
  try {
    return tags[name];
  } catch (error) {
    return `[threw: ${textOf(error)}]`;
  }
}

/** Sets a tag among `pairs`: the last value wins. Where there are too many, the newest takes the place of the newest before. */
export function putPair(pairs: unknown[], name: string, value: unknown): void {
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] === name) {
      pairs[i + 1] = value;
      return;
    }
  }
  if (pairs.length >= 2 * MOST_TAGS) pairs.length -= 2;
  pairs.push(name, value);
}

function carefulPairs(tags: Tags): unknown[] {
  try {
    return pairsOf(tags, readTag);
  } catch {
    return []; // a Proxy that does not even tell its keys
  }
}

function pairsOf(tags: Tags, read: (tags: Tags, name: string) => unknown): unknown[] {
  const pairs: unknown[] = [];
  for (const name of Object.keys(tags)) {
    if (pairs.length >= 2 * MOST_TAGS) break;
    pairs.push(name, read(tags, name));
  }
  return pairs;
}

const readAsIs = (tags: Tags, name: string): unknown => tags[name];
