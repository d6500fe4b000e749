import type { Payload } from './payload.ts';
import { Refusals } from './refusals.ts';
import type { Claim } from './spool.ts';

/** A payload on its way, and what has happened to it so far. */
export interface Batch {
  readonly payload: Payload;
  readonly refusals: Refusals;
  /** The spool file that it came from. */
  readonly claim: Claim | undefined;
}

/** A batch fresh from the encoder. */
export function createBatch(payload: Payload): Batch {
  return { payload, refusals: new Refusals(), claim: undefined };
}

/** A batch that was in the spool. */
export function createClaimedBatch(claim: Claim): Batch {
  return { payload: claim.payload, refusals: claim.refusals, claim };
}
