import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Ledger, type ReporterStats } from './ledger.ts';
import type { Payload } from './payload.ts';

/** How to reach the collector. */
export interface HttpReporterOptions {
  /** Where batches are POSTed, http or https. */
  readonly endpoint: string;
  readonly contentType: string;
  /** Sent with every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one batch at a time, in order. */
export class HttpReporter {
  readonly #options: HttpReporterOptions;
  readonly #ledger = new Ledger();
  readonly #queue: Payload[] = [];
  #sending: Promise<void> | undefined;
  #closing: Promise<{ sent: number; dropped: number; spooled: number }> | undefined;

  constructor(options: HttpReporterOptions) {
    this.#options = options;
  }

  send(payload: Payload): void {
    this.#ledger.given(payload);
    if (this.#closing) {
      this.#ledger.dropped(payload, 'closed');
      return;
    }
    this.#queue.push(payload);
    this.#sending ??= this.#drain();
  }

  close({ deadlineMs }: { deadlineMs: number }): Promise<{ sent: number; dropped: number; spooled: number }> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  spoolNow(): void {}

  stats(): ReporterStats {
    const queued = { spans: 0, bytes: 0 };
    for (const payload of this.#queue) {
      queued.spans += payload.spans;
      queued.bytes += payload.bytes.byteLength;
    }
    return {
      ...this.#ledger.totals(),
      recovered: 0,
      spooled: 0,
      queued,
      requests: { open: this.#sending ? 1 : 0, accepted: 0, failed: 0, retried: 0 },
      collector: 'unknown',
    };
  }

  async #close(deadlineMs: number): Promise<{ sent: number; dropped: number; spooled: number }> {
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, deadlineMs);
    await Promise.race([this.#sending, deadline.promise]);
    clearTimeout(timer);
    for (const payload of this.#queue.splice(0)) this.#ledger.dropped(payload, 'deadline');
    const { sent, dropped } = this.#ledger.totals();
    return { sent, dropped, spooled: 0 };
  }

  async #drain(): Promise<void> {
    for (let payload = this.#queue[0]; payload; payload = this.#queue[0]) {
      const accepted = await this.#post(payload);
      if (this.#queue[0] !== payload) break;
      this.#queue.shift();
      if (accepted) this.#ledger.sent(payload);
      else this.#ledger.dropped(payload, 'rejected');
    }
    this.#sending = undefined;
  }

  #post(payload: Payload): Promise<boolean> {
    const { endpoint, contentType, headers } = this.#options;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const start = endpoint.startsWith('https:') ? requestHttps : requestHttp;
    const request = start(endpoint, {
      method: 'POST',
      headers: { ...headers, 'content-type': contentType, 'content-length': payload.bytes.byteLength },
      timeout: 10_000,
    });
    request.on('socket', (socket) => socket.unref());
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('response', (response) => {
      response.resume();
      response.on('close', () => resolve(response.statusCode !== undefined && response.statusCode < 300));
    });
    request.end(payload.bytes);
    return promise;
  }
}
