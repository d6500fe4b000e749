/** What can be wrong with an HTTP request before anything is asked of the mesh. */
import { RequestError } from '#shared/errors.ts';

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

/** The path is not percent-encoded as it should be, or not UTF-8. */
export class MalformedPathError extends RequestError {
  readonly code = 'MALFORMED_PATH';
  readonly status = 400;

  constructor(options?: ErrorOptions) {
    super('The path is not percent-encoded UTF-8', options);
  }
}

/** The body is not what its headers promise, or no JSON object. */
export class MalformedBodyError extends RequestError {
  readonly code = 'MALFORMED_BODY';
  readonly status = 400;

  constructor(options?: ErrorOptions) {
    super('The body must be one well-formed JSON object', options);
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
