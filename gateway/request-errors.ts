/** What can be wrong with an HTTP request before anything is asked of the mesh. */
import { CodedError, RequestError } from '#shared/errors.ts';

/** No route has this path. */
export class PathNotFoundError extends RequestError {
  readonly code = 'NOT_FOUND';
  readonly status = 404;

  constructor(options?: ErrorOptions) {
    super('Nothing is at this path', options);
  }
}

/** The path has routes, but none for this method. */
export class MethodNotAllowedError extends RequestError {
  readonly code = 'METHOD_NOT_ALLOWED';
  readonly status = 405;

  constructor(allowed: readonly string[], options?: ErrorOptions) {
    super(`This path answers ${allowed.join(', ')} only`, options);
  }
}

/** The path cannot be read, or is not percent-encoded as it should be, or not UTF-8. */
export class MalformedPathError extends RequestError {
  readonly code = 'MALFORMED_PATH';
  readonly status = 400;

  constructor(options?: ErrorOptions) {
    super('The path is not well-formed, or not percent-encoded UTF-8', options);
  }
}

/** The body is not what its headers promise, or no JSON object in UTF-8. */
export class MalformedBodyError extends RequestError {
  readonly code = 'MALFORMED_BODY';
  readonly status = 400;

  constructor(options?: ErrorOptions) {
    super('The body must be one well-formed JSON object in UTF-8', options);
  }
}

/** The body has more bytes than are read. */
export class BodyTooLargeError extends RequestError {
  readonly code = 'BODY_TOO_LARGE';
  readonly status = 413;

  constructor(limitBytes: number, options?: ErrorOptions) {
    super(`The body must not have more than ${limitBytes} bytes`, options);
  }
}

/** The body is of a type or an encoding that is not read here. */
export class UnsupportedMediaTypeError extends RequestError {
  readonly code = 'UNSUPPORTED_MEDIA_TYPE';
  readonly status = 415;

  constructor(options?: ErrorOptions) {
    super('The body must be application/json in UTF-8', options);
  }
}

/** Only signed-in users may do this. */
export class SignInNeededError extends RequestError {
  readonly code = 'SIGN_IN_NEEDED';
  readonly status = 401;

  constructor(options?: ErrorOptions) {
    super('This needs the token of a signed-in user', options);
  }
}

/** The token is none of ours, or it has expired. */
export class InvalidTokenError extends RequestError {
  readonly code = 'INVALID_TOKEN';
  readonly status = 401;

  constructor(options?: ErrorOptions) {
    super('The token is not valid, or not valid any more', options);
  }
}

/** The user may not do this. */
export class ForbiddenError extends RequestError {
  readonly code = 'FORBIDDEN';
  readonly status = 403;

  constructor(options?: ErrorOptions) {
    super('Only the user himself and admins may do this', options);
  }
}

/** Somebody has tried too often. */
export class TooManyAttemptsError extends RequestError {
  readonly code = 'TOO_MANY_ATTEMPTS';
  readonly status = 429;
  readonly retryAfterS: number;

  constructor(waitMs: number, options?: ErrorOptions) {
    super('There were too many attempts, try again later', options);
    this.retryAfterS = Math.ceil(waitMs / 1000);
  }
}

/** The client did not wait for the answer. */
export class ClientGoneError extends RequestError {
  readonly code = 'CLIENT_GONE';
  readonly status = 499; // nginx's custom: nobody reads it

  constructor(options?: ErrorOptions) {
    super('The client is gone', options);
  }
}

/** The time of the request was over before everything was asked for. */
export class DeadlineExceededError extends CodedError {
  readonly code = 'DEADLINE_EXCEEDED';

  constructor(options?: ErrorOptions) {
    super('The time of the request was over', options);
  }
}
