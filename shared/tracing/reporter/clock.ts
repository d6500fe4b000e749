/** A running timer; real ones can be told not to keep the process alive. */
export interface Timer {
  unref?(): unknown;
}

/** Where the time comes from, so that a test can move it; `now` is milliseconds since the epoch. */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

/** Starts a timer that does not keep the process alive. */
export function startBackgroundTimer(clock: Clock, delayMs: number, callback: () => void): Timer {
  const timer = clock.setTimeout(callback, delayMs);
  timer.unref?.();
  return timer;
}
