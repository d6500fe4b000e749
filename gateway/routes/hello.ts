/** `/hello`: what the hello service says. */
import type Router from '@koa/router';
import { type Caller, call } from '#shared/contracts/call.ts';
import { createFieldsReader } from '#shared/contracts/fields.ts';
import { helloContract } from '#shared/contracts/hello.ts';

/** Adds `GET /hello/:name`. */
export function addHelloRoutes(router: Router, mesh: Caller): void {
  const readGreetParams = createFieldsReader(helloContract.greet.params);

  router.get('/hello/:name', async (ctx) => {
    ctx.body = await call(mesh, 'hello.greet', readGreetParams({ name: ctx.params['name'] }));
  });
}
