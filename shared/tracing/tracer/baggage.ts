/** Baggage: small texts that travel with a trace to every later hop, bounded because every hop pays for them. */

/** Baggage items by key; never changed, only replaced. */
export type Baggage = Readonly<Record<string, string>>;

/** No baggage: one object for all, so that an ordinary context carries no object of its own. */
export const NO_BAGGAGE: Baggage = Object.freeze({});

/** More items, or more characters of keys and values, are not taken: the limits of W3C's baggage header. */
const MOST_ITEMS = 64;
const MOST_CHARACTERS = 8192;
/** Characters of one value; the rest is cut, as jaeger-client does. */
export const LONGEST_ITEM = 2048;
/** Characters of one key; a longer one is not taken. */
const LONGEST_KEY = 128;
/** What the name of an HTTP header may consist of: a key becomes part of one. */
const HEADER_NAME = /^[!#$%&'*+.^`|~0-9a-z-]+$/;

/** A key as jaeger-client writes it. */
export function baggageKey(key: string): string {
  return key.replaceAll('_', '-').toLowerCase();
}

/** The item under `key`, or undefined. */
export function baggageItem(baggage: Baggage, key: string): string | undefined {
  const name = baggageKey(key);
  return Object.hasOwn(baggage, name) ? baggage[name] : undefined;
}

/**
 * `baggage` with one more item, its value cut at 2,048 characters. Unchanged where it would hold more than 64 items or
 * 8,192 characters, or where the key could not travel: too long, or no part of a header's name.
 */
export function withBaggageItem(baggage: Baggage, key: string, value: string): Baggage {
  const name = baggageKey(key);
  if (name.length > LONGEST_KEY || !HEADER_NAME.test(name)) return baggage;
  const larger = { ...baggage, [name]: value.slice(0, LONGEST_ITEM) };
  const items = Object.entries(larger);
  const characters = items.reduce((sum, [itemName, text]) => sum + itemName.length + text.length, 0);
  return items.length > MOST_ITEMS || characters > MOST_CHARACTERS ? baggage : larger;
}

/**
 * As much of it as headers take: whole texts, and no more than 8,192 characters of them and their keys, percent-encoded.
 * Most servers refuse a request with twice as much in all its headers, and a single item in Chinese has more.
 */
export function baggageForHeaders(baggage: Baggage): Baggage {
  let room = MOST_CHARACTERS;
  const fitting: Record<string, string> = {};
  for (const [key, item] of Object.entries(baggage)) {
    const text = item.toWellFormed();
    const characters = key.length + encodeURIComponent(text).length;
    if (characters > room) continue;
    room -= characters;
    fitting[key] = text;
  }
  return fitting;
}
