/** Reads a trace from a Jaeger's query API. */
import querystring from 'node:querystring';
import type { TraceJson } from '../tree/trace-json.ts';
import { TraceCommandError } from './trace-command-error.ts';

/** Where a Jaeger is that nobody has named. */
export const DEFAULT_QUERY_URL = 'http://127.0.0.1:16686';

/** Where and what to read. */
export interface FetchTraceOptions {
  /** Of the query API, perhaps with user info and a path. */
  queryUrl: string;
  traceId: string;
  timeoutMs: number;
}

/**
 * The trace; undefined where Jaeger does not know it.
 * @throws {TraceCommandError} where no Jaeger answers, or not as a Jaeger does
 */
export async function fetchTrace(options: FetchTraceOptions): Promise<TraceJson | undefined> {
  const { headers, shown } = target(options.queryUrl);
  const { response, text } = await get(`${shown}/api/traces/${options.traceId}`, {
    headers,
    shown,
    timeoutMs: options.timeoutMs,
  });
  const body = parsedJson(text);
  if (response.status === 404 && isEnvelope(body)) return undefined;
  const problem = isEnvelope(body) ? body.errors?.[0]?.msg : undefined;
  if (problem !== undefined)
    throw new TraceCommandError(`Jaeger at ${shown} answered ${response.status}: ${problem}`);
  const trace = response.ok && isEnvelope(body) ? body.data?.[0] : undefined;
  if (!isTrace(trace))
    throw new TraceCommandError(
      `what answers at ${shown} is no Jaeger (HTTP ${response.status}): set JAEGER_QUERY_URL to the address of its UI`,
    );
  return trace;
}

/** Credentials go into a header, as `fetch` takes none in an address, and into no message. */
function target(queryUrl: string) {
  const { username, password } = new URL(queryUrl);
  const credentials = Buffer.from(`${querystring.unescape(username)}:${querystring.unescape(password)}`);
  const headers: Record<string, string> =
    username === '' ? {} : { authorization: `Basic ${credentials.toString('base64')}` };
  return { shown: publicAddress(queryUrl), headers };
}

/** The address without user info and without a slash at its end. */
export function publicAddress(queryUrl: string): string {
  const url = new URL(queryUrl);
  url.username = url.password = '';
  return url.href.replace(/\/$/, '');
}

async function get(
  url: string,
  { headers, shown, timeoutMs }: { headers: Record<string, string>; shown: string; timeoutMs: number },
) {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    return { response, text: await response.text() };
  } catch (error) {
    throw new TraceCommandError(
      `cannot reach Jaeger at ${shown} (${reasonOf(error)}): start it (npm start, or npm run jaeger), or set JAEGER_QUERY_URL`,
      { cause: error },
    );
  }
}

/** The most telling part of what `fetch` throws. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Envelope {
  data?: unknown[] | null;
  errors?: { msg?: string }[] | null;
}

function isEnvelope(body: unknown): body is Envelope {
  return isObject(body) && 'data' in body && (body['data'] === null || Array.isArray(body['data']));
}

/** What the tree is made of is there; the rest may be missing in other versions. */
function isTrace(value: unknown): value is TraceJson {
  if (!isObject(value) || typeof value['traceID'] !== 'string') return false;
  const { spans, processes } = value;
  return (
    Array.isArray(spans) &&
    spans.every(isSpan) &&
    isObject(processes) &&
    Object.values(processes).every(isProcess)
  );
}

function isProcess(value: unknown): boolean {
  return isObject(value) && typeof value['serviceName'] === 'string' && isListOfObjects(value['tags']);
}

function isSpan(value: unknown): boolean {
  return (
    isObject(value) &&
    ['traceID', 'spanID', 'operationName', 'processID'].every((name) => typeof value[name] === 'string') &&
    ['startTime', 'duration'].every((name) => typeof value[name] === 'number') &&
    ['references', 'tags', 'logs'].every((name) => isListOfObjects(value[name])) &&
    (value['logs'] as Record<string, unknown>[]).every(({ fields }) => isListOfObjects(fields))
  );
}

function isListOfObjects(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
