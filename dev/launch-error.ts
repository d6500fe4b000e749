/** Why `npm start` gives up. */
import { CodedError } from '#shared/errors.ts';

/** The start has failed, or a process was lost; the message says it to whoever started it. */
export class LaunchError extends CodedError {
  readonly code = 'LAUNCH_FAILED';
}
