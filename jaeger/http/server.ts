/** One HTTP server on loopback, which outlives every request. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CodedError } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { type Answer, type Handler, textAnswer } from './answer.ts';

const HOST = '127.0.0.1';
// A client that sends its body slower than this is not one of ours.
const REQUEST_TIMEOUT_MS = 60_000;

/** Options of {@link startHttpServer}. */
export interface HttpServerOptions {
  /** What the port is for, for messages. */
  purpose: string;
  /** 0 takes a free one. */
  port: number;
  /** The variable that sets the port, for messages. */
  portVariable: string;
  logger: Pick<Logger, 'error' | 'debug'>;
}

/** A server that listens. */
export interface HttpServer {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  /** Takes no more connections, and resolves when the requests under way are answered. */
  close(): Promise<void>;
}

/** A port that somebody else has; the message says what to do. */
export class PortInUseError extends CodedError {
  readonly code = 'PORT_IN_USE';

  constructor({ purpose, port, portVariable }: HttpServerOptions, options?: ErrorOptions) {
    super(
      `port ${port} for the ${purpose} is in use: stop what listens there, ` +
        `or set ${portVariable} to another port (0 takes a free one)`,
      options,
    );
  }
}

/**
 * Listens on 127.0.0.1. Like Jaeger's, the server closes each connection after one answer.
 * @throws {PortInUseError}
 */
export async function startHttpServer(handle: Handler, options: HttpServerOptions): Promise<HttpServer> {
  const { logger, port } = options;
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answerTo(request, handle).then(
      (answer) => send(answer, response),
      (error: unknown) => {
        // The client has gone away in the middle of its body: nobody is left to answer.
        if (request.destroyed && !request.complete) return response.destroy();
        logger.error({ err: error, method: request.method, url: request.url }, 'request failed');
        return send(textAnswer(500, '500 internal server error'), response);
      },
    );
  });
  server.on('clientError', refuseGarbage);
  server.listen({ host: HOST, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw isInUse(error) ? new PortInUseError(options, { cause: error }) : error;
  }
  server.on('error', (error) => logger.error({ err: error }, `${options.purpose} server failed`));
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function answerTo(request: IncomingMessage, handle: Handler): Promise<Answer> {
  const target = request.url ?? '/';
  // Not resolved against a base: `//host/path` would be read as another host.
  const url = URL.parse(`http://${HOST}${target.startsWith('/') ? target : `/${target}`}`);
  return url === null ? textAnswer(400, '400 Bad Request') : handle(request, url);
}

function send({ status, headers, body = '' }: Answer, response: ServerResponse): void {
  response.on('error', () => {}); // the client did not wait for its answer
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

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
