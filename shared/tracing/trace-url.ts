/** Links into Jaeger's UI. */

/** Where Jaeger's UI and query API are by default. */
export const DEFAULT_QUERY_URL = 'http://127.0.0.1:16686';

let queryUrl = DEFAULT_QUERY_URL;

/** Sets where the links go, an address without a final slash or with one. Its user info stays out of them: links are passed on. */
export function setQueryUrl(address: string): void {
  const url = new URL(address);
  url.username = url.password = '';
  queryUrl = url.href.replace(/\/+$/, '');
}

/** The page of a trace in Jaeger's UI, with one span opened where its id is given. */
export function traceUrl(traceId: string, spanId?: string): string {
  const page = `${queryUrl}/trace/${encodeURIComponent(traceId)}`;
  return spanId === undefined ? page : `${page}?uiFind=${encodeURIComponent(spanId)}`;
}
