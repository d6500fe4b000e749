/** One HTTP server on loopback, which outlives every request. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CodedError } from '#shared/errors.ts';
import { type Answer, type Handler, textAnswer } from './answer.ts';

const HOST = '127.0.0.1';
// A client that sends its body slower than this is not one of ours.
const REQUEST_TIMEOUT_MS = 60_000;
// Long enough to answer what has come, short enough for a stop that is waited for.
const CLOSE_DEADLINE_MS = 2000;

/** The part of a logger that a server needs; pino's fits. */
export interface ServerLogger {
  error(fields: object, message: string): void;
}

/** Options of {@link startHttpServer}. */
export interface HttpServerOptions {
  /** What the port is for, for messages. */
  purpose: string;
  /** 0 takes a free one. */
  port: number;
  /** The variable that sets the port, for messages. */
  portVariable: string;
  logger: ServerLogger;
  /** How long requests under way may take once it closes. @default 2000 */
  closeDeadlineMs?: number;
}

/** A server that listens. */
export interface HttpServer {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  /** Takes no more connections, and resolves when the requests under way are answered or their time is up. */
  close(): Promise<void>;
}

/** A port that cannot be listened on; the message says what to do. */
export class ListenError extends CodedError {
  readonly code = 'LISTEN_FAILED';

  constructor({ purpose, port, portVariable }: HttpServerOptions, cause: unknown) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : cause;
    const what =
      reason === 'EADDRINUSE' ? 'is in use: stop what listens there, or' : `cannot be had (${reason}):`;
    const instead = `set ${portVariable} to another port (0 takes a free one)`;
    super(`port ${port} for the ${purpose} ${what} ${instead}`, { cause });
  }
}

/**
 * Listens on 127.0.0.1. Like Jaeger's, the server closes each connection after one answer.
 * @throws {ListenError}
 */
export async function startHttpServer(handle: Handler, options: HttpServerOptions): Promise<HttpServer> {
  const { logger, port } = options;
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) =>
    serve(request, response, { handle, logger }),
  );
  server.on('clientError', refuseGarbage);
  server.listen({ host: HOST, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new ListenError(options, error);
  }
  server.on('error', (error) => logger.error({ err: error }, `${options.purpose} server failed`));
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    close: () => closeServer(server, options.closeDeadlineMs ?? CLOSE_DEADLINE_MS),
  };
}

async function closeServer(server: Server, deadlineMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await new Promise((resolve) => server.close(resolve)); // it closes idle connections itself
  clearTimeout(timer);
}

/** Answers one request, whatever happens. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { handle, logger }: { handle: Handler } & Pick<HttpServerOptions, 'logger'>,
): Promise<void> {
  response.on('error', () => {}); // the client did not wait for its answer
  try {
    send(await answerTo(request, handle), response);
  } catch (error) {
    const isClientGone = request.destroyed && !request.complete; // in the middle of its body
    if (!isClientGone)
      logger.error({ err: error, method: request.method, url: request.url }, 'request failed');
    if (isClientGone || response.headersSent) response.destroy();
    else send(textAnswer(500, '500 internal server error'), response);
  }
}

function answerTo(request: IncomingMessage, handle: Handler): Answer | Promise<Answer> {
  const target = request.url ?? '/';
  // Not resolved against a base: `//host/path` would be read as another host.
  const url = URL.parse(`http://${HOST}${target.startsWith('/') ? target : `/${target}`}`);
  return url === null ? textAnswer(400, '400 Bad Request') : handle(request, url);
}

function send({ status, headers, body = '' }: Answer, response: ServerResponse): void {
  response.writeHead(status, {
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(body);
}

function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else
    socket.end(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    );
}
