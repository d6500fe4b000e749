import type { Payload } from './payload.ts';

/**
 * Why spans were lost: `queue_full` (the oldest make room), `too_large` (one payload over the limit), `rejected`
 * (the collector refused them), `deadline` (left over when `close` ran out of time), `closed` (given after `close`),
 * `spool_full` and `spool_failed` (the spool could not hold what memory could not), `socket` (UDP would not send).
 */
export type DropReason =
  | 'queue_full'
  | 'too_large'
  | 'rejected'
  | 'deadline'
  | 'closed'
  | 'spool_full'
  | 'spool_failed'
  | 'socket';

/** What is known of the collector: nothing yet, that it took the last batch, or that it did not. */
export type CollectorState = 'unknown' | 'up' | 'away';

/** A reporter's account, in spans unless said otherwise: `given + recovered = sent + dropped + queued + spooled`. */
export interface ReporterStats {
  /** Handed to `send`. */
  readonly given: number;
  /** Taken over from spool files that another process, or an earlier life of this one, wrote. */
  readonly recovered: number;
  /** Accepted by the collector (2xx), or handed to the kernel where the transport is UDP. */
  readonly sent: number;
  readonly dropped: number;
  readonly droppedBy: Readonly<Record<DropReason, number>>;
  /** In memory: waiting, or in a request that has no answer yet. */
  readonly queued: { readonly spans: number; readonly bytes: number };
  /** Written to spool files and not taken back by this reporter. */
  readonly spooled: number;
  /** Requests, not spans: open now; accepted, failed (no 2xx) and repeated so far. */
  readonly requests: {
    readonly open: number;
    readonly accepted: number;
    readonly failed: number;
    readonly retried: number;
  };
  readonly collector: CollectorState;
}

const NOTHING_DROPPED: Readonly<Record<DropReason, number>> = {
  queue_full: 0,
  too_large: 0,
  rejected: 0,
  deadline: 0,
  closed: 0,
  spool_full: 0,
  spool_failed: 0,
  socket: 0,
};

/** Counts what became of the spans that a reporter was given. */
export class Ledger {
  readonly #droppedBy = { ...NOTHING_DROPPED };
  #given = 0;
  #sent = 0;
  #dropped = 0;

  given(payload: Payload): void {
    this.#given += payload.spans;
  }

  sent(payload: Payload): void {
    this.#sent += payload.spans;
  }

  dropped(payload: Payload, reason: DropReason): void {
    this.#dropped += payload.spans;
    this.#droppedBy[reason] += payload.spans;
  }

  totals(): Pick<ReporterStats, 'given' | 'sent' | 'dropped' | 'droppedBy'> {
    return {
      given: this.#given,
      sent: this.#sent,
      dropped: this.#dropped,
      droppedBy: { ...this.#droppedBy },
    };
  }
}
