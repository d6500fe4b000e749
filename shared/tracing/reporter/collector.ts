import { Backoff, type BackoffLimits } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { ReporterLogger } from './drop-log.ts';
import type { CollectorState } from './ledger.ts';
import { Pace } from './pace.ts';
import { Wait } from './wait.ts';

/** How to treat a collector. */
export interface CollectorOptions {
  /** Named in log lines; without user info. */
  readonly address: string;
  readonly backoff: BackoffLimits;
  /** How fast to send what has piled up while it was away. */
  readonly drainBytesPerSecond: number;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly logger: ReporterLogger;
}

const NOT_FOUND = 'no collector has taken spans yet, they wait';
const MAX_REQUESTS = 2;
/** At close there is no time for long waits, and no crowd to keep apart. */
const HURRIED: BackoffLimits = { firstMs: 50, maxMs: 250 };

/**
 * What is known of the collector, and from that how many requests may be open: one until it has answered, one probe
 * at a time while it is away, and two while it is well, but no faster than a bounded rate until what has piled up
 * is gone.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #pace: Pace;
  readonly #backoffWait: Wait;
  /** What a collector has asked for, no answer to another request ends. */
  readonly #askedWait: Wait;
  readonly #paceWait: Wait;
  #state: CollectorState = 'unknown';
  #backoff: Backoff;
  #trouble: string | undefined;
  #catchesUp = false;
  #hurries = false;

  /** `onReady` is called when a wait is over. */
  constructor(options: CollectorOptions, onReady: () => void) {
    this.#options = options;
    this.#pace = new Pace(options.drainBytesPerSecond);
    this.#backoff = new Backoff(options.backoff);
    this.#backoffWait = new Wait(options.clock, onReady);
    this.#askedWait = new Wait(options.clock, onReady);
    this.#paceWait = new Wait(options.clock, onReady);
  }

  get state(): CollectorState {
    return this.#state;
  }

  /** Why nothing is taken, in words that name the collector; undefined while something is. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Says of something that was heard of it which collector it is. */
  quote(detail: string): string {
    return `${this.#options.address}: ${detail}`;
  }

  /** How many requests may be open now; if none, `onReady` follows. */
  allowedRequests(): number {
    if (this.#backoffWait.isOn || this.#askedWait.isOn) return 0;
    if (this.#hurries) return MAX_REQUESTS;
    if (this.#state !== 'up') return 1;
    return this.#catchesUp && this.#waitsForPace() ? 0 : MAX_REQUESTS;
  }

  /** Notes a request that starts. */
  started(bytes: number): void {
    this.#pace.spend(bytes, this.#options.clock.now());
  }

  /** Notes an answer that shows that it works, whatever it thinks of this batch. */
  answered(): void {
    this.#backoff = new Backoff(this.#hurries ? HURRIED : this.#options.backoff);
    this.#backoffWait.end();
    this.#trouble = undefined;
    if (this.#state === 'up') return;
    this.#catchesUp = true;
    this.#change('up', {});
  }

  /** Notes that a request failed, and waits; the second of two that fail together adds nothing but what it asks for. */
  failed({ detail, retryAfterMs = 0 }: { detail: string; retryAfterMs?: number | undefined }): void {
    this.#trouble = this.quote(detail);
    // One that has never taken any may have been looked for in the wrong place, which is worth more than a debug line.
    if (this.#state === 'unknown') this.#options.logger.warn({ detail: this.#trouble }, NOT_FOUND);
    if (this.#state !== 'away') this.#change('away', { detail });
    const isAsked = retryAfterMs > 0 && !this.#hurries;
    if (!isAsked && this.#backoffWait.isOn) return;
    const delayMs = this.#backoff.delayMs(this.#options.random);
    this.#backoff = this.#backoff.next();
    if (isAsked) this.#askedWait.start(retryAfterMs + delayMs);
    else this.#backoffWait.start(delayMs);
  }

  /** Notes that nothing is left of what had piled up. */
  caughtUp(): void {
    this.#catchesUp = false;
  }

  /** No more long waits: the process is about to end. */
  hurry(): void {
    this.#hurries = true;
    this.#backoff = new Backoff(HURRIED);
    this.stop();
  }

  /** Ends all waits. */
  stop(): void {
    this.#backoffWait.end();
    this.#askedWait.end();
    this.#paceWait.end();
  }

  #waitsForPace(): boolean {
    const waitMs = this.#pace.waitMs(this.#options.clock.now());
    if (waitMs <= 0) return false;
    if (!this.#paceWait.isOn) this.#paceWait.start(Math.ceil(waitMs));
    return true;
  }

  #change(state: CollectorState, fields: object): void {
    const { address, logger } = this.#options;
    this.#state = state;
    logger.debug({ collector: address, state, ...fields }, `collector ${state}`);
  }
}
