/** What can be wrong with a request about users, and with the place where they are kept. */
import { CodedError, RequestError } from '#shared/errors.ts';

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

/** The database cannot be opened, or is not one that this version understands. */
export class UsersStoreError extends CodedError {
  readonly code = 'USERS_STORE_UNUSABLE';
}
