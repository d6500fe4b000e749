import { CodedError } from '#shared/errors.ts';

/** Why `npm run trace` cannot show what it was asked for; the message says what to do. */
export class TraceCommandError extends CodedError {
  readonly code = 'TRACE_COMMAND';
}

/** A command line that nobody can follow. */
export class UsageError extends CodedError {
  readonly code = 'USAGE';
}
