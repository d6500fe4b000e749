import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Payload } from '#shared/tracing/reporter/reporter.ts';

/** What a collector does with a request, be it well or hostile. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, collector: Collector) => void;

/** Takes the batch and says so. */
export const accept: Behaviour = (request, response, collector) => {
  collector.read(request, () => response.writeHead(202).end());
};

/** Answers with a status, after reading and forgetting the batch. */
export function answer(status: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end(body));
  };
}

/** Reads, and never says a word. */
export const hang: Behaviour = (request, response, collector) => {
  request.resume();
  request.on('end', () => collector.hanging.add(response));
};

/** Takes the batch, says so, and then never ends its answer. */
export const hangAfterHead: Behaviour = (request, response, collector) => {
  collector.read(request, () => {
    response.writeHead(202, { 'content-length': 10 }).flushHeaders();
    collector.hanging.add(response);
  });
};

/** Takes the batch, and the connection breaks before it can say so. */
export const loseAnswer: Behaviour = (request, _response, collector) => {
  collector.read(request, () => request.socket.resetAndDestroy());
};

/** Breaks the connection in the middle of the request. */
export const reset: Behaviour = (request) => {
  request.socket.resetAndDestroy();
};

/** Answers something that is no HTTP. */
export const garble: Behaviour = (request) => {
  request.resume();
  request.on('end', () => request.socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n\0\0'));
};

/** A collector on a real socket, whose behaviour a test can change at any time. */
export class Collector {
  /** How often each batch arrived, by its id. */
  readonly arrived = new Map<string, number>();
  readonly requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  /** The most requests that were open at the same time. */
  mostOpen = 0;
  /** The requests that hang now. */
  readonly hanging = new Set<ServerResponse>();
  behave: Behaviour;
  #open = 0;
  #server: Server | undefined;
  #port = 0;

  constructor(behave: Behaviour) {
    this.behave = behave;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}/api/traces`;
  }

  /** Opens its port, the same one each time. */
  async open(): Promise<void> {
    this.#server = createServer((request, response) => this.#receive(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Closes its port at once: from now on it refuses. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Reads a batch and notes its arrival. */
  read(request: IncomingMessage, done: () => void): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const id = Buffer.concat(chunks).toString('latin1').split(' ', 1)[0] ?? '';
      this.arrived.set(id, (this.arrived.get(id) ?? 0) + 1);
      done();
    });
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = request;
    this.requests.push({ method, url, headers });
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    response.on('close', () => {
      this.#open -= 1;
      this.hanging.delete(response);
    });
    request.on('error', () => {});
    this.behave(request, response, this);
  }
}

/** Starts a collector that closes with the test. */
export async function startCollector(
  t: { teardown(close: () => Promise<void>): void },
  behave: Behaviour = accept,
): Promise<Collector> {
  const collector = new Collector(behave);
  await collector.open();
  t.teardown(() => collector.close());
  return collector;
}

/** A batch whose first word is its id. */
export function batch(id: string | number, { spans = 1, bytes = 100 } = {}): Payload {
  const payload = Buffer.alloc(bytes, 'x');
  payload.write(`${id} `, 'latin1');
  return { bytes: payload, spans };
}

/** The ids of `count` batches, as a collector notes them. */
export function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}
