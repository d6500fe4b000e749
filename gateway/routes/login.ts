/** `POST /users/login`: a token for whoever knows his password. */
import Type from 'typebox';
import { call } from '#shared/contracts/call.ts';
import { fields } from '#shared/contracts/contract.ts';
import { Credentials } from '#shared/contracts/users.ts';
import { createLoginLimit, type LoginLimitOptions } from '../login-limit.ts';
import { type Route, route } from '../route.ts';
import type { Tokens } from '../tokens.ts';

/** A token, and until when it is good. */
export const SignedIn = fields({ token: Type.String(), expiresAt: Type.String({ format: 'date-time' }) });

/** As with registrations: hashing takes its time. */
const HASHING_DEADLINE_MS = 15_000;

/** The route, which counts attempts from when it was made. */
export function createLoginRoute(tokens: Tokens, limit?: LoginLimitOptions): Route {
  const limited = createLoginLimit(limit);
  return route({
    method: 'POST',
    path: '/users/login',
    summary: 'Signs a user in',
    access: 'anybody',
    body: Credentials,
    success: { status: 200, description: 'A bearer token', schema: SignedIn },
    failures: [401, 429],
    deadlineMs: HASHING_DEADLINE_MS,
    async answer({ body, mesh, clientAddress }) {
      const { email } = body;
      const user = await limited({ clientAddress, email }, () => call(mesh, 'users.auth', body));
      return tokens.issue(user.id);
    },
  });
}
