/** The mesh as one request may use it: in the name of its user, and only until its deadline. */
import type { Caller } from '#shared/contracts/call.ts';
import type { RequestMeta } from '#shared/contracts/meta.ts';
import { DeadlineExceededError } from './request-errors.ts';

/** What {@link createRequestMesh} needs to know of the request. */
export interface RequestMeshOptions {
  /** Milliseconds from now on. */
  deadlineMs: number;
  userId?: string | undefined;
  /** Milliseconds. @default the process's own clock */
  now?: () => number;
}

/**
 * A caller whose calls have what is left of the time as their timeout, which Moleculer hands on from hop to hop; and the
 * user's id, never his token, in their meta.
 */
export function createRequestMesh(
  mesh: Caller,
  { deadlineMs, userId, now = () => performance.now() }: RequestMeshOptions,
): Caller {
  const endsAt = now() + deadlineMs;
  return {
    async call(action, params, options) {
      const timeout = Math.floor(endsAt - now());
      if (timeout <= 0) throw new DeadlineExceededError(); // and 0 would mean that there is none
      const meta: RequestMeta = userId === undefined ? {} : { userId };
      return mesh.call(action, params, { timeout, meta, ...options });
    },
  };
}
