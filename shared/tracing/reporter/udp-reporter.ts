import { createSocket, type Socket } from 'node:dgram';
import { Ledger, type ReporterStats } from './ledger.ts';
import type { Payload } from './payload.ts';

/** How to reach the agent. */
export interface UdpReporterOptions {
  readonly host: string;
  readonly port: number;
  /**
   * The largest payload that is sent, in bytes.
   * @default 65000
   */
  readonly maxDatagramBytes?: number;
}

const MAX_DATAGRAM_BYTES = 65_000;

/** Sends each batch as one datagram. */
export class UdpReporter {
  readonly #options: UdpReporterOptions;
  readonly #ledger = new Ledger();
  readonly #open = new Map<Payload, Promise<void>>();
  #socket: Socket | undefined;
  #closing: Promise<{ sent: number; dropped: number; spooled: number }> | undefined;

  constructor(options: UdpReporterOptions) {
    this.#options = options;
  }

  send(payload: Payload): void {
    this.#ledger.given(payload);
    if (this.#closing) {
      this.#ledger.dropped(payload, 'closed');
      return;
    }
    if (payload.bytes.byteLength > (this.#options.maxDatagramBytes ?? MAX_DATAGRAM_BYTES)) {
      this.#ledger.dropped(payload, 'too_large');
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open.set(payload, promise);
    this.#socket ??= createSocket('udp4').unref();
    this.#socket.send(payload.bytes, this.#options.port, this.#options.host, (error) => {
      if (this.#open.delete(payload)) {
        if (error) this.#ledger.dropped(payload, 'socket');
        else this.#ledger.sent(payload);
      }
      resolve();
    });
  }

  close({ deadlineMs }: { deadlineMs: number }): Promise<{ sent: number; dropped: number; spooled: number }> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  spoolNow(): void {}

  stats(): ReporterStats {
    const queued = { spans: 0, bytes: 0 };
    for (const payload of this.#open.keys()) {
      queued.spans += payload.spans;
      queued.bytes += payload.bytes.byteLength;
    }
    return {
      ...this.#ledger.totals(),
      recovered: 0,
      spooled: 0,
      queued,
      requests: { open: this.#open.size, accepted: 0, failed: 0, retried: 0 },
      collector: 'unknown',
    };
  }

  async #close(deadlineMs: number): Promise<{ sent: number; dropped: number; spooled: number }> {
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, deadlineMs);
    await Promise.race([Promise.all(this.#open.values()), deadline.promise]);
    clearTimeout(timer);
    this.#socket?.close();
    for (const payload of this.#open.keys()) this.#ledger.dropped(payload, 'deadline');
    this.#open.clear();
    const { sent, dropped } = this.#ledger.totals();
    return { sent, dropped, spooled: 0 };
  }
}
