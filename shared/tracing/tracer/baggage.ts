/** Baggage: small texts that travel with a trace to every later hop, bounded because every hop pays for them. */

/** Baggage items by key; never changed, only replaced. */
export type Baggage = Readonly<Record<string, string>>;

/** No baggage: one object for all, so that an ordinary context carries no object of its own. */
export const NO_BAGGAGE: Baggage = Object.freeze({});

/** More items than this are not taken; W3C's baggage header allows as many. */
const MOST_ITEMS = 64;
/** Characters of one value; the rest is cut, as jaeger-client does. */
const LONGEST_VALUE = 2048;
/** Characters of one key; a longer one is not taken. */
const LONGEST_KEY = 128;

/** A key as jaeger-client writes it: it has to survive as part of a header's name. */
function normalized(key: string): string {
  return key.replaceAll('_', '-').toLowerCase();
}

/** The item under `key`, or undefined. */
export function baggageItem(baggage: Baggage, key: string): string | undefined {
  const name = normalized(key);
  return Object.hasOwn(baggage, name) ? baggage[name] : undefined;
}

/** `baggage` with one more item, its value cut at 2,048 characters; unchanged where it holds 64 already. */
export function withBaggageItem(baggage: Baggage, key: string, value: unknown): Baggage {
  const name = normalized(String(key));
  if (name === '' || name === '__proto__' || name.length > LONGEST_KEY) return baggage;
  if (!Object.hasOwn(baggage, name) && Object.keys(baggage).length >= MOST_ITEMS) return baggage;
  return { ...baggage, [name]: String(value).slice(0, LONGEST_VALUE) };
}
