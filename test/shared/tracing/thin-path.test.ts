/** The whole path in one process: a request through Koa, two actions and a database. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import Router from '@koa/router';
import test from 'ava';
import Koa from 'koa';
import { type Context, ServiceBroker } from 'moleculer';
import { inSpan, tracedDatabase } from '#shared/tracing/index.ts';
import { matchTree, traced } from '#shared/tracing/testing.ts';

test('a request is one tree, from HTTP to the last statement', async (t) => {
  const spans = await traced(t, async (tracing) => {
    const db = tracedDatabase(new DatabaseSync(':memory:'), { instance: 'users' });
    db.exec('CREATE TABLE users (id INTEGER)');
    const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
    broker.createService({
      name: 'users',
      actions: {
        test(ctx: Context) {
          db.prepare('SELECT * FROM users WHERE id = ?').get(1);
          return inSpan('greeting', {}, () => ctx.call('hello.greet'));
        },
      },
    });
    broker.createService({ name: 'hello', actions: { greet: () => 'hello' } });
    await broker.start();
    t.teardown(() => broker.stop());

    const router = new Router().get('/user/:id', async (ctx) => {
      ctx.body = await broker.call('users.test');
    });
    const server = new Koa()
      .use(tracing.koa())
      .use(router.routes() as Koa.Middleware)
      .listen(0, '127.0.0.1');
    t.teardown(() => server.close());
    await once(server, 'listening');
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/user/7`);
    t.is(await response.text(), 'hello');
    t.regex(response.headers.get('x-trace-id') ?? '', /^[0-9a-f]{32}$/);
    server.closeAllConnections();
  });

  matchTree(
    spans,
    `
    test GET /user/:id (server)
      test users.test (client)
        users users.test (server)
          users SELECT users (client)
          users greeting
            users hello.greet (client)
              hello hello.greet (server)
    `,
  );
});
