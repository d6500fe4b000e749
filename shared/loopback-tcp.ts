/**
 * Moleculer's TCP transporter, kept to this machine: without NATS, every node listens on 127.0.0.1 alone, finds the
 * others through a folder instead of by UDP, and lets in only those that can read that folder.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { Transporters } from 'moleculer';
import { type LoopbackMesh, LoopbackNodes } from './loopback-nodes.ts';

const HOST = '127.0.0.1';

/** A transporter between the nodes of one mesh on this machine; what Moleculer's has no options for is overridden. */
export class LoopbackTcp extends Transporters.TCP {
  declare reader: TcpReader;
  declare writer: EventEmitter;
  readonly #nodes: LoopbackNodes;
  readonly #pass = randomBytes(24).toString('base64url');
  readonly #admitted = new WeakSet<Socket>();

  constructor(mesh: LoopbackMesh) {
    super({ udpDiscovery: false });
    this.#nodes = new LoopbackNodes(mesh);
  }

  /** As Moleculer's own, but that the listener is on loopback, and that the folder then says where. */
  override async startTcpServer(): Promise<void> {
    this.#nodes.open();
    this.reader = new LoopbackReader(this, this.opts);
    this.writer = new TcpWriter(this, this.opts);
    this.writer.on('error', (_error: Error, nodeID: string) => this.nodes.disconnected(nodeID, false));
    this.writer.on('end', (nodeID: string) => this.nodes.disconnected(nodeID, false));
    const port = await this.reader.listen();
    this.#nodes.add({ id: this.nodeID, pid: process.pid, port, pass: this.#pass });
  }

  override async disconnect(): Promise<void> {
    this.#nodes.remove(this.nodeID);
    await super.disconnect();
  }

  /** Nodes tell their host name or their first interface's address, and neither is where they listen. */
  override getNodeAddress(): string {
    return HOST;
  }

  /** Broadcasts that Moleculer's drops, as its gossip brings the same in seconds: here they go out at once. */
  override async publish(packet: Packet): Promise<void> {
    if (packet.type === 'DISCOVER' && !packet.target) return this.#joinOthers();
    if (packet.type === 'INFO' && !packet.target) return this.#tellOthers();
    if (packet.type === 'GOSSIP_HELLO' && packet.target) {
      Object.assign(packet.payload, { pass: this.#nodes.find(packet.target)?.pass });
    }
    return super.publish(packet);
  }

  /** A connection begins with a HELLO that carries this node's pass; one that does not is none of this mesh. */
  override onIncomingMessage(type: string, message: Buffer, socket: Socket): void | Promise<void> {
    if (!this.#admitted.has(socket)) {
      if (type !== 'GOSSIP_HELLO' || !this.#hasPass(message)) {
        this.logger.debug('Closed a connection of somebody who is not of this mesh.');
        socket.destroy();
        return;
      }
      this.#admitted.add(socket);
    }
    return super.onIncomingMessage(type, message, socket);
  }

  #hasPass(hello: Buffer): boolean {
    try {
      const { pass } = this.deserialize('GOSSIP_HELLO', hello).payload as { pass?: unknown };
      return timingSafeEqual(Buffer.from(String(pass)), Buffer.from(this.#pass));
    } catch {
      return false; // no JSON, or of another length
    }
  }

  /** Meets every node in the folder: asks what it knows, and tells about this one. */
  async #joinOthers(): Promise<void> {
    for (const { id, port } of this.#nodes.living()) {
      if (id === this.nodeID) continue;
      const node = this.nodes.get(id) ?? this.addOfflineNode(id, HOST, port);
      this.sendGossipToRandomEndpoint({ online: { [this.nodeID]: this.#version() } }, [node]);
    }
    await this.#tellOthers();
  }

  /** Sends this node's services to all others, in the form of an answer to their gossip. */
  async #tellOthers(): Promise<void> {
    const online = { [this.nodeID]: [this.registry.getLocalNodeInfo(), ...this.#version().slice(1)] };
    const others = this.nodes.toArray().filter((node) => !node.local);
    const sent = others.map(({ id }) =>
      super.publish({
        type: 'GOSSIP_RES',
        target: id,
        payload: { online },
      } as Packet),
    );
    await Promise.allSettled(sent); // who is not there has ended, or will ask when it is back
  }

  #version(): [seq: number, cpuSeq: number, cpu: number] {
    const { seq, cpuSeq, cpu } = this.getLocalNodeInfo();
    return [seq, cpuSeq ?? 0, cpu ?? 0];
  }
}

type Packet = Parameters<Transporters.TCP['publish']>[0];

interface TcpReader extends EventEmitter {
  server: Server;
  opts: { port?: number };
  connected: boolean;
  listen(): Promise<number>;
  onTcpClientConnected(socket: Socket): void;
}

// Not exported by Moleculer, and its reader takes no host to listen on: reached by path, of the one pinned version.
const require = createRequire(import.meta.url);
const parts = join(dirname(require.resolve('moleculer')), 'src/transporters/tcp');
const TcpReader = require(join(parts, 'tcp-reader.js')) as new (...args: unknown[]) => TcpReader;
const TcpWriter = require(join(parts, 'tcp-writer.js')) as new (...args: unknown[]) => EventEmitter;

class LoopbackReader extends TcpReader {
  override listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server = createServer((socket) => this.onTcpClientConnected(socket));
      this.server.on('error', reject);
      this.server.listen({ host: HOST, port: 0, exclusive: true }, () => {
        const { port } = this.server.address() as AddressInfo;
        this.opts.port = port;
        this.connected = true;
        resolve(port);
      });
    });
  }
}
