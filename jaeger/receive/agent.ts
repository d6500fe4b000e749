/** Jaeger's agent for Thrift over UDP: a batch in each datagram, which nobody answers. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TraceStore } from '../store/trace-store.ts';
import { decodeAgentMessage } from '../thrift/agent-message.ts';
import { takeBatch } from './take-batch.ts';

const HOST = '127.0.0.1';
/** Some datagrams of the largest size: more may come at once than are read in between. The kernel gives what it allows. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** The part of a logger that an agent needs; pino's fits. */
export interface AgentLogger {
  warn(fields: object, message: string): void;
}

/** An agent that listens. */
export interface Agent {
  /** `udp://127.0.0.1:<port>`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Takes datagrams on 127.0.0.1 into the store. One that is no batch changes nothing; the first is warned of, since the rest
 * will be of the same sender. Undefined, with a warning, where the port cannot be had: spans may go over HTTP all the same.
 * @param port 0 takes a free one
 */
export async function startAgent(
  store: TraceStore,
  { port, logger }: { port: number; logger: AgentLogger },
): Promise<Agent | undefined> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  let hasWarned = false;
  let closed: Promise<void> | undefined;
  socket.on('message', (bytes) => {
    try {
      takeBatch(decodeAgentMessage(bytes), store);
    } catch (error) {
      if (!hasWarned) logger.warn({ err: error }, 'datagrams that are no batch of spans are not taken');
      hasWarned = true;
    }
  });
  try {
    socket.bind(port, HOST);
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    logger.warn(
      { err: error },
      `no spans are taken over UDP: port ${port} cannot be had; JAEGER_BINARY_PORT sets another (0 takes a free one)`,
    );
    return undefined;
  }
  socket.on('error', (error) => logger.warn({ err: error }, 'the socket for spans over UDP has failed'));
  return {
    url: `udp://${HOST}:${socket.address().port}`,
    close: () => {
      closed ??= new Promise((resolve) => socket.close(resolve));
      return closed;
    },
  };
}
