/** Requests by HTTP, sent as a test writes them. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** A reply, read to its end. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  json: any;
}

/**
 * Sends a request, its path as it is written: `fetch` would tidy it up. A body that is no text and no bytes goes as JSON.
 */
export function sendRequest(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const request = httpRequest(
      { hostname, port, method, path, headers: { ...type, ...headers } },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        reply.on('error', reject).on('end', () => {
          const { statusCode: status = 0, headers } = reply;
          resolve({
            status,
            headers,
            text,
            get json() {
              return JSON.parse(text);
            },
          });
        });
      },
    );
    request.on('error', reject).end(isRaw ? body : body === undefined ? undefined : JSON.stringify(body));
  });
}
