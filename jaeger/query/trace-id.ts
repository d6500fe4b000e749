/** Reads trace ids as Jaeger's API takes them: up to 32 hex digits, or base64 of 16 or 8 bytes. */

/** What was read: the id in 32 hex digits, or what is wrong, in Jaeger's words. */
export type ParsedTraceId = { traceId: string } | { problem: string };

// 16 bytes in base64.
const MAX_BASE64_LENGTH = 24;

/** Reads a trace id from the path of a request, already decoded. */
export function parseTraceId(text: string): ParsedTraceId {
  if (text.length > 32) return { problem: `TraceID cannot be longer than 32 hex characters: ${text}` };
  if (/^[0-9a-f]+$/i.test(text)) return { traceId: text.toLowerCase().padStart(32, '0') };
  const bytes = fromBase64(text);
  if (bytes === undefined) {
    const wrongHalf = [text.slice(0, -16), text.slice(-16)].find((half) => /[^0-9a-f]/i.test(half));
    return { problem: `strconv.ParseUint: parsing ${JSON.stringify(wrongHalf ?? text)}: invalid syntax` };
  }
  if (bytes.length !== 16 && bytes.length !== 8) return { problem: 'invalid length for TraceID' };
  return { traceId: bytes.toString('hex').padStart(32, '0') };
}

function fromBase64(text: string): Buffer | undefined {
  const digits = text.replace(/={1,2}$/, '');
  const isWhole = digits.length === text.length || text.length % 4 === 0;
  const wellFormed = /^(?:[A-Za-z0-9+/]+|[\w-]+)$/.test(digits) && digits.length % 4 !== 1;
  if (text.length > MAX_BASE64_LENGTH || !isWhole || !wellFormed) return undefined;
  return Buffer.from(digits, 'base64');
}
