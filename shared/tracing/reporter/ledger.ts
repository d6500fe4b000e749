import type { Payload } from './payload.ts';

/** Why spans were lost. */
export const DROP_REASONS = [
  /** The oldest made room for newer ones. */
  'queue_full',
  /** One payload was larger than what may be sent. */
  'too_large',
  /** The collector refused them. */
  'rejected',
  /** They were left over when `close` ran out of time. */
  'deadline',
  /** They were given after `close`. */
  'closed',
  /** The spool has no room for what memory cannot keep. */
  'spool_full',
  /** The spool could not be written. */
  'spool_failed',
  /** The datagram could not be sent. */
  'unsendable',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** What is known of the collector: nothing yet, that it answers, or that it does not. UDP never learns. */
export type CollectorState = 'unknown' | 'up' | 'away';

/** What a reporter did in its whole life, in spans. */
export interface Delivered {
  readonly sent: number;
  readonly dropped: number;
  /** Left in spool files, for the next start. */
  readonly spooled: number;
}

/** A reporter's account, in spans unless said otherwise: `given + recovered = sent + dropped + queued + spooled`. */
export interface ReporterStats extends Delivered {
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
  /** Requests, not spans: open now; and in the whole life accepted, failed (without a 2xx) and repeated. */
  readonly requests: {
    readonly open: number;
    readonly accepted: number;
    readonly failed: number;
    readonly retried: number;
  };
  readonly collector: CollectorState;
}

/** Counts what became of the spans that a reporter was given. */
export class Ledger {
  readonly #droppedBy = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >;
  #given = 0;
  #recovered = 0;
  #sent = 0;
  #dropped = 0;
  #spooled = 0;
  #accepted = 0;
  #failed = 0;
  #retried = 0;

  given({ spans }: Payload): void {
    this.#given += spans;
  }

  sent({ spans }: Payload): void {
    this.#sent += spans;
  }

  dropped({ spans }: Payload, reason: DropReason): void {
    this.#dropped += spans;
    this.#droppedBy[reason] += spans;
  }

  /** Notes spans that went into a file. */
  spooled({ spans }: Payload): void {
    this.#spooled += spans;
  }

  /** Notes spans that came out of a file to be sent: our own, or somebody's who could not. */
  unspooled({ spans }: Payload, { own }: { own: boolean }): void {
    if (own) this.#spooled -= spans;
    else this.#recovered += spans;
  }

  /** Notes spans that were left in their file after all. */
  respooled({ spans }: Payload, { own }: { own: boolean }): void {
    if (own) this.#spooled += spans;
    else this.#recovered -= spans;
  }

  requestStarted({ isRetry }: { isRetry: boolean }): void {
    if (isRetry) this.#retried += 1;
  }

  requestEnded({ accepted }: { accepted: boolean }): void {
    if (accepted) this.#accepted += 1;
    else this.#failed += 1;
  }

  /** How many requests the collector has accepted. */
  get acceptedRequests(): number {
    return this.#accepted;
  }

  delivered(): Delivered {
    return { sent: this.#sent, dropped: this.#dropped, spooled: this.#spooled };
  }

  /** The account, together with what only the reporter knows. */
  stats(now: {
    queued: ReporterStats['queued'];
    openRequests: number;
    collector: CollectorState;
  }): ReporterStats {
    return {
      ...this.delivered(),
      given: this.#given,
      recovered: this.#recovered,
      droppedBy: { ...this.#droppedBy },
      queued: now.queued,
      requests: {
        open: now.openRequests,
        accepted: this.#accepted,
        failed: this.#failed,
        retried: this.#retried,
      },
      collector: now.collector,
    };
  }
}
