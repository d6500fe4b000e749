/** An HTTP server: it listens, and it stops without cutting anybody off who can still be answered. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { CodedError } from './errors.ts';

/** The address cannot be listened on; the message says what to do. */
export class ListenError extends CodedError {
  readonly code = 'CANNOT_LISTEN';
}

/** A server that listens. */
export interface RunningServer {
  /** Without a slash at the end. */
  url: string;
  /**
   * Stops: takes no more connections, lets what runs end, closes those that idle on, and cuts off what has not ended
   * within the deadline. Resolves when no connection is left; never rejects.
   */
  close(options: { deadlineMs: number }): Promise<void>;
}

/**
 * How long a stop leaves connections open that idle: a request may be on its way on any of them, and a client that is
 * cut off does not know whether it was done. It is answered, and told to connect elsewhere.
 */
const IDLE_GRACE_MS = 250;
/** A request that has not come in whole after this long is given up. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the 60 s of common load balancers: whoever closes first must not be us, or requests get lost. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Where to listen, and whose address that is: for the message where it cannot be had. */
export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Who listens, such as `gateway`. */
  name: string;
  /** The environment variables that set host and port. */
  variables: { host: string; port: string };
}

/** Tracing, log, metrics, Koa and the streams of an answer each follow it to its end; Node would call 11 of them a leak. */
const MOST_LISTENERS = 20;

/** Listens. @throws {ListenError} */
export async function startServer(listener: RequestListener, options: ListenOptions): Promise<RunningServer> {
  const running = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  });
  let stopping = false;
  let isGraceOver = false;

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    running.add(response);
    response.setMaxListeners(MOST_LISTENERS);
    if (stopping) response.shouldKeepAlive = false;
    response.once('close', () => {
      running.delete(response);
      if (isGraceOver) server.closeIdleConnections();
    });
    listener(request, response);
  });
  await listen(server, options);

  return {
    url: urlOf(server.address() as AddressInfo),
    async close({ deadlineMs }) {
      stopping = true;
      // Tells clients that keep their connection to open the next one elsewhere.
      for (const response of running) response.shouldKeepAlive = false;
      // An HTTP server's own close begins with those that idle.
      const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
      const grace = setTimeout(
        () => {
          isGraceOver = true;
          server.closeIdleConnections();
          // Browsers open connections in advance, and to Node one that has sent nothing yet is not idle.
          for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
        },
        Math.min(IDLE_GRACE_MS, deadlineMs),
      );
      const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearTimeout(grace);
      clearTimeout(timer);
      server.close(); // its timers
    },
  };
}

async function listen(server: Server, options: ListenOptions): Promise<void> {
  const { host, port, name } = options;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    const advice = adviceFor(cause, options.variables);
    throw new ListenError(`The ${name} cannot listen on ${host} port ${port}: ${advice}`, { cause });
  }
}

function adviceFor(error: unknown, variables: ListenOptions['variables']): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `the port is in use. Stop what listens there, or set ${variables.port} to another port`;
    case 'EACCES':
      return `this user may not. Set ${variables.port} to a port above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no such address. Set ${variables.host} to one that it has`;
    default:
      return String(error);
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
