/** A real NATS server on a free port, for one test or one test file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { connect } from 'nats';
import { testNeeding } from './needs.ts';

/** The `test` of tests that need a NATS server. */
export const natsTest = testNeeding('nats-server');

/** Whoever ends the server in time: a test, or `test.after.always`. */
export interface Owner {
  teardown(close: () => Promise<void>): void;
}

/** A server that runs. */
export interface NatsServer {
  /** Without credentials. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1; `args` are more of its own, such as `--user`, and `--port` for a certain port. */
export async function startNats(owner: Owner, ...args: string[]): Promise<NatsServer> {
  const server = spawn('nats-server', ['--addr', '127.0.0.1', '--port', '-1', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const close = async () => {
    server.kill('SIGKILL'); // keeps nothing that a graceful end would save
    await ended;
  };
  owner.teardown(close);
  for await (const line of createInterface(server.stderr)) {
    const port = /Listening for client connections on [^ ]*:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    server.stderr.resume();
    return { url: `nats://127.0.0.1:${port}`, port: Number(port), close };
  }
  throw new Error('nats-server ended before it listened');
}

/** All that is sent over a server from now on, until the owner has ended. */
export async function tapNats(owner: Owner, url: string) {
  const tap = await connect({ servers: url });
  owner.teardown(() => tap.close());
  const messages: string[] = [];
  tap.subscribe('>', { callback: (_, { data }) => void messages.push(Buffer.from(data).toString()) });
  await tap.flush();
  return {
    messages,
    /** Resolves when what the server has had so far is among the messages. */
    catchUp: () => tap.flush(),
  };
}
