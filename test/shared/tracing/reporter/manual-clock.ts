import type { Clock, Timer } from '#shared/tracing/reporter/clock.ts';

interface ManualTimer extends Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers: ManualTimer[] = [];

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: ManualTimer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    this.#timers.sort((a, b) => a.at - b.at);
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.length;
  }

  /** How long until the next timer ends. */
  get nextInMs(): number | undefined {
    const next = this.#timers[0];
    return next && next.at - this.#now;
  }

  /** Lets time pass, and what is due happen at its time. */
  advance(passMs: number): void {
    const end = this.#now + passMs;
    for (let next = this.#timers[0]; next !== undefined && next.at <= end; next = this.#timers[0]) {
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Sets the wall clock without letting time pass. */
  set(nowMs: number): void {
    const jumpMs = nowMs - this.#now;
    this.#now = nowMs;
    this.#timers = this.#timers.map((timer) => Object.assign(timer, { at: timer.at + jumpMs }));
  }
}
