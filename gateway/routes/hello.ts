/** `/hello`: what the hello service says. */
import type Router from '@koa/router';
import { type Caller, call } from '#shared/contracts/call.ts';
import { fields } from '#shared/contracts/contract.ts';
import { createFieldsReader } from '#shared/contracts/fields.ts';
import { helloContract } from '#shared/contracts/hello.ts';
import { NDJSON, toNdjson } from '../ndjson.ts';
import { createQueryReader } from '../query.ts';

/** Adds `GET /hello/:name` and `GET /hello/:name/stream`. */
export function addHelloRoutes(router: Router, mesh: Caller): void {
  const readGreetParams = createFieldsReader(helloContract.greet.params);
  const { count } = helloContract.stream.params.properties;
  const readCount = createQueryReader(fields({ count }));

  router.get('/hello/:name', async (ctx) => {
    ctx.body = await call(mesh, 'hello.greet', readGreetParams({ name: ctx.params['name'] }));
  });

  router.get('/hello/:name/stream', async (ctx) => {
    const params = { ...readGreetParams({ name: ctx.params['name'] }), ...readCount(ctx.query) };
    const greetings = await call(mesh, 'hello.stream', params);
    ctx.body = await toNdjson(greetings);
    ctx.type = NDJSON;
  });
}
