/** So many failures among successes of others are no coincidence, even where every second request fails. */
const HOPELESS = 16;

/**
 * Tells a batch that a collector cannot take (it answers 500 to it, or breaks down over it) from a collector that is
 * away: a failure speaks against the batch itself only where another batch has got through since its failure before.
 */
export class Refusals {
  #failures = 0;
  #telling = 0;
  #acceptedBefore: number | undefined;

  /** All failures so far. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes a failure, at which the collector had accepted so many requests; says whether to give the batch up. */
  note(accepted: number): boolean {
    this.#failures += 1;
    if (this.#acceptedBefore !== undefined && accepted > this.#acceptedBefore) this.#telling += 1;
    this.#acceptedBefore = accepted;
    return this.#telling >= HOPELESS;
  }
}
