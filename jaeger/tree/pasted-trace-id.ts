/** Finds the trace id in what a person pastes: the id alone, a header's line, or a link into Jaeger's UI. */

// Leading zeros may be missing, as jaeger-client writes ids; anything much shorter is a slip of the hand.
const ID = '[0-9a-f]{9,32}';
/** The forms that an id is met in: alone, in a link, in `uber-trace-id` and in `traceparent`. */
const FORMS = [
  new RegExp(`^(${ID})$`, 'i'),
  new RegExp(`^https?://\\S*?/traces?/(${ID})(?:[/?#]|$)`, 'i'),
  new RegExp(`^(${ID})(?::|%3A)[0-9a-f]{1,16}(?::|%3A)[0-9a-f]{1,16}(?::|%3A)[0-9a-f]{1,2}$`, 'i'),
  /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i,
];

/** The trace id in `given`, in 16 or 32 hex digits; undefined where there is none. */
export function traceIdIn(given: string): string | undefined {
  const text = given
    .replace(/^[\w-]+\s*:\s+|^x-trace-id\s*[:=]\s*/i, '')
    .replace(/^(["'<])(.*)["'>]$/, '$2')
    .trim();
  const id = FORMS.map((form) => form.exec(text)?.[1]).find((found) => found !== undefined);
  return id === undefined || /^0+$/.test(id)
    ? undefined
    : id.toLowerCase().padStart(id.length > 16 ? 32 : 16, '0');
}
