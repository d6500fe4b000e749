/** The tokens of signed-in users: JSON Web Tokens (RFC 7519), signed with HMAC-SHA256. */
import { errors, jwtVerify, SignJWT } from 'jose';
import { InvalidTokenError } from './request-errors.ts';

/** What {@link createTokens} needs to know. */
export interface TokensOptions {
  /** What tokens are signed with; every gateway needs the same. */
  secret: string;
  /** How long a token is good. @default 3600 */
  lifetimeS?: number;
  /** @default the wall clock */
  now?: () => Date;
}

/** Makes tokens, and reads them. */
export interface Tokens {
  issue(userId: string): Promise<{ token: string; expiresAt: string }>;
  /** Answers the id of the user whose token this is. @throws {InvalidTokenError} */
  verify(token: string): Promise<string>;
}

const ISSUER = 'tracemesh';
const AUDIENCE = 'tracemesh-gateway';
const ALGORITHM = 'HS256';
/** Ours have about 250 characters: more is not worth the work of looking into it. */
const LONGEST_TOKEN = 1024;

/** Tokens under this secret. */
export function createTokens({ secret, lifetimeS = 3600, now = () => new Date() }: TokensOptions): Tokens {
  const key = new TextEncoder().encode(secret);
  return {
    async issue(userId) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const expiresAt = issuedAt + lifetimeS;
      const token = await new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key);
      return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
    },

    async verify(token) {
      if (token.length > LONGEST_TOKEN) throw new InvalidTokenError();
      try {
        const { payload } = await jwtVerify<{ sub: string }>(token, key, {
          algorithms: [ALGORITHM], // what the token itself says of its algorithm is not asked
          issuer: ISSUER,
          audience: AUDIENCE,
          typ: 'JWT',
          requiredClaims: ['sub', 'exp', 'iat'],
          currentDate: now(),
        });
        return payload.sub;
      } catch (cause) {
        if (cause instanceof errors.JOSEError) throw new InvalidTokenError({ cause });
        throw cause;
      }
    },
  };
}
