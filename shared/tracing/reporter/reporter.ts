import type { HttpReporterOptions } from './http-options.ts';
import { HttpReporter } from './http-reporter.ts';
import type { Delivered, ReporterStats } from './ledger.ts';
import type { Payload } from './payload.ts';
import { UdpReporter, type UdpReporterOptions } from './udp-reporter.ts';

export type { Clock } from './clock.ts';
export type { ReporterLogger } from './drop-log.ts';
export type { HttpReporterOptions } from './http-options.ts';
export type { CollectorState, Delivered, DropReason, ReporterStats } from './ledger.ts';
export type { Payload } from './payload.ts';
export type { UdpReporterOptions } from './udp-reporter.ts';

/** Takes encoded batches to a collector; knows bytes and span counts, nothing of what is in them. */
export interface Reporter {
  /** Takes a batch over; never throws, never blocks. */
  send(payload: Payload): void;
  /** Waits until all that was given has been sent or dropped, or for the deadline; takes more batches then as before. */
  drain(options: { deadlineMs: number }): Promise<void>;
  /**
   * Sends what is queued, until the deadline; resolves with what was sent and dropped in the reporter's whole life, in
   * spans; never rejects. A second call gets the first one's promise.
   */
  close(options: { deadlineMs: number }): Promise<Delivered>;
  /**
   * For a process about to die: writes all that is queued to the spool, where there is one, and logs what was lost,
   * synchronously.
   */
  saveNow(): void;
  stats(): ReporterStats;
}

/** A reporter that POSTs each batch to `endpoint`; it opens nothing before the first batch. */
export function createHttpReporter(options: HttpReporterOptions): Reporter {
  return new HttpReporter(options);
}

/** A reporter that sends each batch as one datagram; it opens nothing before the first batch. */
export function createUdpReporter(options: UdpReporterOptions): Reporter {
  return new UdpReporter(options);
}
