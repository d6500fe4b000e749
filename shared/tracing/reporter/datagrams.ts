import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Where datagrams go. */
export interface DatagramTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * Sends datagrams to one address. Its socket is connected: so it is no open port of this machine, the name is looked
 * up once, and a refusal by the other side is heard, if only after the datagram that was refused. After an error the
 * next datagram gets a new socket, and the name a new look.
 */
export class Datagrams {
  readonly #target: DatagramTarget;
  #socket: Promise<Socket> | undefined;

  constructor(target: DatagramTarget) {
    this.#target = target;
  }

  /** Resolves with the error, or undefined once the kernel has the datagram; never rejects. */
  async send(bytes: Uint8Array): Promise<NodeJS.ErrnoException | undefined> {
    try {
      this.#socket ??= this.#connect();
      const socket = await this.#socket;
      const { promise, resolve } = Promise.withResolvers<Error | null>();
      socket.send(bytes, resolve);
      const error = await promise;
      if (error) this.close();
      return error ?? undefined;
    } catch (error) {
      this.close();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Closes the socket; a later `send` opens another. */
  close(): void {
    this.#socket?.then(closeOnce, () => {});
    this.#socket = undefined;
  }

  #connect(): Promise<Socket> {
    const { host, port } = this.#target;
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4').unref();
    socket.on('error', (error) => {
      reject(error);
      closeOnce(socket);
      if (this.#socket === promise) this.#socket = undefined;
    });
    socket.on('connect', () => resolve(socket));
    socket.connect(port, host);
    return promise;
  }
}

/** A socket that has failed may have been closed already, and throws at a second time. */
function closeOnce(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It is closed: that is all that was wanted.
  }
}
