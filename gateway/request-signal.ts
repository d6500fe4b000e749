/** Tells what is still done for a request that nobody waits for its answer any more. */
import type { ServerResponse } from 'node:http';
import { ClientGoneError, DeadlineExceededError } from './request-errors.ts';

/**
 * A signal that is aborted with a {@link ClientGoneError} when the connection is closed, or with a
 * {@link DeadlineExceededError} when the time is over.
 * @param timeLeftMs milliseconds from now on
 */
export function createRequestSignal(response: ServerResponse, timeLeftMs: number): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineExceededError()), Math.max(timeLeftMs, 0));
  const leave = () => {
    clearTimeout(timer);
    controller.abort(new ClientGoneError());
  };
  if (response.closed) leave();
  else response.once('close', leave);
  return controller.signal;
}
