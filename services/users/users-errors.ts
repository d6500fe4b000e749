/** What can be wrong with a request about users, and with the place where they are kept. */
import { CodedError, RequestError, UnavailableError } from '#shared/errors.ts';

/** No user has the id that was asked for. */
export class UserNotFoundError extends RequestError {
  readonly code = 'USER_NOT_FOUND';
  readonly status = 404;

  constructor(options?: ErrorOptions) {
    super('No user has this id', options);
  }
}

/** Another user has the e-mail address already. */
export class EmailTakenError extends RequestError {
  readonly code = 'EMAIL_TAKEN';
  readonly status = 409;
  override readonly details = [{ field: 'email', message: 'is taken' }];

  constructor(options?: ErrorOptions) {
    super('Another user has this e-mail address', options);
  }
}

/** No user has this e-mail address, or he has another password: which of both is nobody's business. */
export class WrongCredentialsError extends RequestError {
  readonly code = 'WRONG_CREDENTIALS';
  readonly status = 401;

  constructor(options?: ErrorOptions) {
    super('The e-mail address or the password is wrong', options);
  }
}

/** The database cannot be read or written at the moment: its disk is full, read-only, or broken. */
export class UsersUnavailableError extends UnavailableError {
  readonly code = 'USERS_UNAVAILABLE';

  constructor({ cause }: { cause: unknown }) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The users' database cannot be used: ${reason}`, { cause });
  }
}

/** The database cannot be opened, or is not one that this version understands. */
export class UsersStoreError extends CodedError {
  readonly code = 'USERS_STORE_UNUSABLE';
}
