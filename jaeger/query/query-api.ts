/** Jaeger's query API: `GET /api/traces/{id}`. */
import type { IncomingMessage } from 'node:http';
import { type Answer, notFoundAnswer, textAnswer } from '../http/answer.ts';
import { JsonNumberError, jsonText } from '../spans/json-text.ts';
import type { TraceStore } from '../store/trace-store.ts';
import { parseTraceId } from './trace-id.ts';
import { traceToJson } from './trace-to-json.ts';

const TRACE_PATH = /^\/api\/traces\/([^/]+)$/;
// Go's strconv.ParseBool.
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** Answers what is asked under `/api/`. */
export function answerApi(store: TraceStore, { method }: IncomingMessage, url: URL): Answer {
  const segment = TRACE_PATH.exec(url.pathname)?.[1];
  const isRead = method === 'GET' || method === 'HEAD';
  if (segment === undefined || !isRead) return notFoundAnswer();
  return traceAnswer(store, segment, url.searchParams);
}

function traceAnswer(store: TraceStore, segment: string, parameters: URLSearchParams): Answer {
  const id = parseTraceId(decoded(segment));
  if ('problem' in id) return problemAnswer(400, id.problem);
  for (const name of ['start', 'end']) {
    const problem = integerProblem(name, parameters.get(name) ?? '');
    if (problem !== undefined) return problemAnswer(400, problem);
  }
  const rawText = parameters.get('raw') ?? '';
  const raw = TRUE.includes(rawText);
  if (!raw && rawText !== '' && !FALSE.includes(rawText))
    return problemAnswer(400, unparsable('raw', 'ParseBool', rawText));

  const batches = store.get(id.traceId);
  if (batches === undefined) return problemAnswer(404, 'trace not found');
  try {
    const body = envelope([traceToJson(batches, { raw })], null);
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
  } catch (error) {
    if (!(error instanceof JsonNumberError)) throw error;
    const detail = `failed marshalling HTTP response to JSON: ${error.message}`;
    return problemAnswer(500, `failed writing HTTP response: ${detail}`);
  }
}

/** A segment of a path; one that is not validly escaped stays as it is, and is then no id. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

// Jaeger checks the form of these two and then does without them.
function integerProblem(name: string, text: string): string | undefined {
  return text === '' || /^[+-]?\d{1,18}$/.test(text) ? undefined : unparsable(name, 'ParseInt', text);
}

function unparsable(name: string, parser: string, text: string): string {
  return `unable to parse param '${name}': strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`;
}

function problemAnswer(code: number, msg: string): Answer {
  return textAnswer(code, envelope(null, [{ code, msg }]));
}

function envelope(data: unknown, errors: unknown): string {
  return jsonText({ data, total: 0, limit: 0, offset: 0, errors });
}
