/** Jaeger's collector for Thrift over HTTP: `POST /api/traces`. */
import type { IncomingMessage } from 'node:http';
import {
  type Answer,
  cleanPath,
  escapeHtml,
  type Handler,
  notFoundAnswer,
  textAnswer,
} from '../http/answer.ts';
import type { TraceStore } from '../store/trace-store.ts';
import { decodeBatch } from '../thrift/jaeger-batch.ts';
import { ThriftError } from '../thrift/thrift-error.ts';
import { RequestBodyError, readBody } from './request-body.ts';
import { takeBatch } from './take-batch.ts';

const PATH = '/api/traces';
const CONTENT_TYPES = ['application/x-thrift', 'application/vnd.apache.thrift.binary'];
/** Jaeger's limit, for a body as sent and as unpacked. */
export const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Takes batches into the store; a bad one changes nothing and is answered 400. */
export function createCollector(store: TraceStore): Handler {
  return async (request, url) => {
    const clean = cleanPath(url.pathname);
    if (clean !== undefined) return { status: 301, headers: { Location: clean } };
    if (url.pathname !== PATH) return notFoundAnswer();
    if (request.method !== 'POST') return { status: 405 };
    try {
      return await receive(request, store);
    } catch (error) {
      if (error instanceof RequestBodyError) return textAnswer(error.status, escapeHtml(error.message));
      if (error instanceof ThriftError)
        return textAnswer(400, escapeHtml(`Unable to process request body: ${error.message}`));
      throw error;
    }
  };
}

async function receive(request: IncomingMessage, store: TraceStore): Promise<Answer> {
  const body = await readBody(request, MAX_BODY_BYTES);
  const problem = contentTypeProblem(request.headers['content-type'] ?? '');
  if (problem !== undefined) return textAnswer(400, escapeHtml(problem));
  takeBatch(decodeBatch(body), store);
  return { status: 202 };
}

/** What is wrong with a content type, in Jaeger's words. */
function contentTypeProblem(header: string): string | undefined {
  const [mediaType = ''] = header.split(';', 1);
  const type = mediaType.trim().toLowerCase();
  if (CONTENT_TYPES.includes(type)) return undefined;
  if (type === '') return 'Cannot parse content type: mime: no media type';
  if (type.split('/').length > 2)
    return 'Cannot parse content type: mime: unexpected content after media subtype';
  return `Unsupported content type: ${type}`;
}
