import { type Clock, startBackgroundTimer, type Timer } from './clock.ts';

/** A wait that may be started again and again, and ended before its time. */
export class Wait {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #timer: Timer | undefined;

  /** `onOver` is called when the time is over, and not when the wait is ended. */
  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** Starts to wait, from now in any case. */
  start(delayMs: number): void {
    this.end();
    this.#timer = startBackgroundTimer(this.#clock, delayMs, () => {
      this.#timer = undefined;
      this.#onOver();
    });
  }

  end(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
