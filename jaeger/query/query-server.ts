/** Jaeger's query port: the API under `/api/`, pages for people elsewhere. */
import type { IncomingMessage } from 'node:http';
import { type Answer, type Handler, notFoundAnswer } from '../http/answer.ts';
import { noPagePage, noTracePage } from '../page/missing-page.ts';
import { searchPage } from '../page/search-page.ts';
import { tracePage } from '../page/trace-page.ts';
import type { TraceStore } from '../store/trace-store.ts';
import { traceIdIn } from '../tree/pasted-trace-id.ts';
import { answerApi } from './query-api.ts';
import { parseTraceId } from './trace-id.ts';
import { traceToJson } from './trace-to-json.ts';

const TRACE_PAGE = /^\/trace\/([^/]+)\/?$/;

/** Answers what is asked of the query port. */
export function createQueryServer(store: TraceStore): Handler {
  return (request, url) =>
    url.pathname.startsWith('/api/') ? answerApi(store, request, url) : answerPage(store, request, url);
}

function answerPage(store: TraceStore, { method }: IncomingMessage, url: URL): Answer {
  if (method !== 'GET' && method !== 'HEAD') return notFoundAnswer();
  const segment = TRACE_PAGE.exec(url.pathname)?.[1];
  if (segment !== undefined) {
    const id = parseTraceId(segment);
    const batches = 'traceId' in id ? store.get(id.traceId) : undefined;
    return batches === undefined ? noTracePage(segment) : tracePage(traceToJson(batches));
  }
  const wanted = url.searchParams.get('traceID')?.trim();
  if (wanted)
    return {
      status: 303,
      headers: { Location: `/trace/${traceIdIn(wanted) ?? encodeURIComponent(wanted)}` },
    };
  return url.pathname === '/' || url.pathname === '/search' ? searchPage(store) : noPagePage();
}
