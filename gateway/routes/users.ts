/** `/users`: what the users service keeps; and `/user`, the same under the names of the article. */
import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { type Caller, call } from '#shared/contracts/call.ts';
import { fields } from '#shared/contracts/contract.ts';
import { createFieldsReader } from '#shared/contracts/fields.ts';
import { usersContract } from '#shared/contracts/users.ts';
import { readJsonBody } from '../json-body.ts';
import { createQueryReader } from '../query.ts';

/** Hashing a password takes its 50 ms by intent, so that a burst of registrations has to queue for the processor. */
const REGISTER_TIMEOUT_MS = 15_000;

/** Adds `POST /users`, `POST /user/register`, `GET /users`, `GET /users/:id` and `GET /user/test`. */
export function addUsersRoutes(router: Router, mesh: Caller): void {
  const readNewUser = createFieldsReader(usersContract.create.params);
  const readPageRequest = createQueryReader(usersContract.list.params);
  const { picture } = usersContract.get.params.properties;
  const readPicture = createQueryReader(fields({ picture }));
  const readBody = readJsonBody();

  async function register(ctx: RouterContext): Promise<void> {
    const newUser = readNewUser(ctx.request.body);
    const user = await call(mesh, 'users.create', newUser, { timeout: REGISTER_TIMEOUT_MS });
    ctx.status = 201;
    ctx.set('Location', `/users/${user.id}`);
    ctx.body = user;
  }
  router.post('/users', readBody, register);
  router.post('/user/register', readBody, register);

  router.get('/users', async (ctx) => {
    ctx.body = await call(mesh, 'users.list', readPageRequest(ctx.query));
  });

  router.get('/users/:id', async (ctx) => {
    const { id = '' } = ctx.params;
    ctx.body = await call(mesh, 'users.get', { id, ...readPicture(ctx.query) });
  });

  router.get('/user/test', async (ctx) => {
    ctx.body = await call(mesh, 'users.test', {});
  });
}
