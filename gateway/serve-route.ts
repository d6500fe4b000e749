/** Makes middlewares of a route: who asks, what he may, what came in, and only then the route's own function. */
import type { RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { Caller } from '#shared/contracts/call.ts';
import { createFieldsReader } from '#shared/contracts/fields.ts';
import type { AccessControl } from './access.ts';
import { readJsonBody } from './json-body.ts';
import { createQueryReader } from './query.ts';
import { createRequestMesh } from './request-mesh.ts';
import { createRequestSignal } from './request-signal.ts';
import { Answer, type Route } from './route.ts';

/** What every route needs. */
export interface ServeOptions {
  /** Who calls the services. */
  mesh: Caller;
  access: AccessControl;
  /** Milliseconds that all calls of one request may take together, where a route says nothing else. */
  deadlineMs: number;
}

/** The middlewares of a route, in their order: who may not ask is not read, and what is not right is not asked for. */
export function serveRoute(route: Route, options: ServeOptions): Middleware[] {
  const body = route.body ? [readJsonBody()] : [];
  return [admit(route, options), ...body, answer(route)];
}

interface RouteState {
  mesh: Caller;
  /** On the process's own clock, in milliseconds. */
  endsAt: number;
}

function admit({ access, deadlineMs }: Route, options: ServeOptions): Middleware {
  return async function admitRequest(ctx, next) {
    const isOptional = access === 'anybody';
    const userId = await options.access.identify(ctx, { isOptional });
    const timeMs = deadlineMs ?? options.deadlineMs;
    const mesh = createRequestMesh(options.mesh, { deadlineMs: timeMs, userId });
    if (userId !== undefined && access === 'self-or-admin')
      await options.access.expectSelfOrAdmin(userId, (ctx as RouterContext).params['id'], mesh);
    Object.assign(ctx.state, { mesh, endsAt: performance.now() + timeMs } satisfies RouteState);
    await next();
  };
}

function answer(route: Route): Middleware {
  const readParams = route.params && createFieldsReader(route.params);
  const readQuery = route.query && createQueryReader(route.query);
  const readBody = route.body && createFieldsReader(route.body);
  const { success } = route;

  return async function answerRequest(ctx) {
    const { mesh, endsAt } = ctx.state as RouteState;
    const result = await route.answer({
      params: readParams?.({ ...(ctx as RouterContext).params }),
      query: readQuery?.(ctx.query),
      body: readBody?.(ctx.request.body),
      mesh,
      createSignal: () => createRequestSignal(ctx.res, endsAt - performance.now()),
      accept: ctx.get('accept'),
      clientAddress: ctx.ip,
    });
    const { body, status, headers } = result instanceof Answer ? result : new Answer(result);
    ctx.status = status ?? success.status;
    ctx.set({ 'Cache-Control': 'no-store', ...headers });
    if (success.status === 204) return;
    ctx.body = body;
    if (success.type && status === undefined && !headers['Content-Type']) ctx.type = success.type;
  };
}
