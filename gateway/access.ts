/** Decides who asks, and whether he may. */
import type { Context } from 'koa';
import { type Caller, call } from '#shared/contracts/call.ts';
import { ForbiddenError, InvalidTokenError, SignInNeededError } from './request-errors.ts';
import type { Tokens } from './tokens.ts';

/** What {@link createAccess} needs. */
export interface AccessOptions {
  tokens: Tokens;
  /** The e-mail addresses of users who may do everything; however they are written. */
  adminEmails: readonly string[];
}

/** Who asks. */
export interface AccessControl {
  /**
   * The id of the user whose token comes with the request; undefined where none comes, or where a bad one comes that
   * `isOptional`.
   * @throws {SignInNeededError | InvalidTokenError}
   */
  identify(ctx: Context, options: { isOptional: boolean }): Promise<string | undefined>;
  /** Lets a user do what only he and admins may. @throws {ForbiddenError | InvalidTokenError} */
  expectSelfOrAdmin(userId: string, self: string | undefined, mesh: Caller): Promise<void>;
}

/** Access by bearer tokens (RFC 6750). */
export function createAccess({ tokens, adminEmails }: AccessOptions): AccessControl {
  const admins = new Set(adminEmails.map((email) => email.toLowerCase()));

  async function isAdmin(userId: string, mesh: Caller): Promise<boolean> {
    if (admins.size === 0) return false;
    const { email } = await call(mesh, 'users.get', { id: userId }).catch((error: unknown) => {
      if ((error as { type?: unknown }).type !== 'USER_NOT_FOUND') throw error;
      throw new InvalidTokenError({ cause: error }); // he has been removed since he got his token
    });
    return admins.has(email.toLowerCase());
  }

  return {
    async identify(ctx, { isOptional }) {
      const header = ctx.get('authorization');
      const token = /^Bearer +([^ ]+) *$/i.exec(header)?.[1];
      if (isOptional) return token && tokens.verify(token).catch(asNobody);
      if (header === '') throw new SignInNeededError();
      if (token === undefined) throw new InvalidTokenError();
      return tokens.verify(token);
    },

    async expectSelfOrAdmin(userId, self, mesh) {
      if (userId !== self && !(await isAdmin(userId, mesh))) throw new ForbiddenError();
    },
  };
}

/** Somebody who signs in again sends an old token along: that must not keep him out. */
function asNobody(error: unknown): undefined {
  if (!(error instanceof InvalidTokenError)) throw error;
  return undefined;
}
