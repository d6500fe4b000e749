/** What of a span's tags says how it went, in few words: the rest is on the span's own page. */
import { durationText } from './duration-text.ts';
import type { TagJson } from './trace-json.ts';
import type { TreeSpan } from './trace-tree.ts';

/** From here on a status says that the request was not done. */
const FIRST_ERROR_STATUS = 400;

type Remark = (value: TagJson['value']) => string | undefined;

const REMARKS: Readonly<Record<string, Remark>> = {
  'http.status_code': numbered((status) => (status >= FIRST_ERROR_STATUS ? `${status}` : undefined)),
  'http.aborted': (aborted) => (aborted === true ? 'aborted' : undefined),
  'moleculer.attempt': numbered((attempt) => `attempt ${attempt}`),
  'moleculer.queue_ms': numbered((ms) => `queued ${durationText(Math.round(ms * 1000))}`),
  'moleculer.late': numbered((ms) => `late by ${durationText(Math.round(ms * 1000))}`),
  'moleculer.cached': (cached) => (cached === true ? 'from the cache' : undefined),
  'moleculer.fallback': (fallback) => (fallback === true ? 'by fallback' : undefined),
  'stream.sent.chunks': numbered((chunks) => `${chunks} sent`),
  'stream.received.chunks': numbered((chunks) => `${chunks} received`),
};

/** The remarks on a span, in the order of their tags. */
export function remarksOf({ tags }: TreeSpan): string[] {
  return tags.flatMap(({ key, value }) => (Object.hasOwn(REMARKS, key) ? (REMARKS[key]?.(value) ?? []) : []));
}

/** Tags are whatever a client has sent: what should be a number and is none, or none that can be meant, is no remark. */
function numbered(remark: (value: number) => string | undefined): Remark {
  return (value) => (typeof value === 'number' && value >= 0 && value <= 1e12 ? remark(value) : undefined);
}
