/** Never run: `tsc` checks it, and fails where an error that is expected here is missing. */
import type { Context, ServiceBroker } from 'moleculer';
import { call, contracts } from '#shared/contracts/call.ts';
import { emit, listen } from '#shared/contracts/events.ts';
import { implement } from '#shared/contracts/implement.ts';

/** The callers' side: names, parameters and results. */
export async function typesOfCall(broker: ServiceBroker, ctx: Context): Promise<void> {
  const user = await call(broker, 'users.get', { id: '1' });
  user.email satisfies string;
  const page = await call(ctx, 'users.list', {});
  page.items[0]?.createdAt satisfies string | undefined;
  await call(broker, 'users.list', { page: 2, pageSize: 5 }, { timeout: 100, meta: {} });

  // @ts-expect-error: no service has this name
  await call(broker, 'user.get', { id: '1' });
  // @ts-expect-error: the service has no such action
  await call(broker, 'users.greet', { name: 'Ada' });
  // @ts-expect-error: a parameter is missing
  await call(broker, 'users.get', {});
  // @ts-expect-error: a parameter has another type
  await call(broker, 'users.get', { id: 1 });
  // @ts-expect-error: a parameter is not known
  await call(broker, 'users.get', { id: '1', name: 'Ada' });
  // @ts-expect-error: options are Moleculer's
  await call(broker, 'users.get', { id: '1' }, { timeout: 'soon' });
  // @ts-expect-error: a user never has a password
  user.password;
  // @ts-expect-error: the result is a greeting
  (await call(ctx, 'hello.greet', { name: 'Ada' })) satisfies string;
}

/** The services' side: no action forgotten, none answering something else. */
export function typesOfImplement(): void {
  const { greet, stream, pingpong } = contracts.hello;
  implement({ greet }, { greet: ({ name }) => ({ greeting: name }) });
  // @ts-expect-error: an action is missing
  implement({ greet }, {});
  // @ts-expect-error: the result is another
  implement({ greet }, { greet: ({ name }) => name });
  // @ts-expect-error: the parameter is another
  implement({ greet }, { greet: ({ id }) => ({ greeting: id }) });

  implement({ stream }, { stream: ({ name }) => [{ greeting: name }] });
  // @ts-expect-error: the result is a stream
  implement({ stream }, { stream: ({ name }) => ({ greeting: name }) });
  implement({ pingpong }, { pingpong: (_, __, strokes) => strokes });
  // @ts-expect-error: no stream comes in
  implement({ stream }, { stream: (_, __, input) => input });
}

/** What streams are made of. */
export async function typesOfStreams(ctx: Context): Promise<void> {
  for await (const { greeting } of await call(ctx, 'hello.stream', { name: 'Ada' }))
    greeting satisfies string;
  // @ts-expect-error: a stream is no greeting
  (await call(ctx, 'hello.stream', { name: 'Ada' })).greeting;
}

/** The events: names and payloads. */
export async function typesOfEvents(ctx: Context): Promise<void> {
  await emit(ctx, 'user.tested', { greeting: 'Hello' });
  // @ts-expect-error: no event has this name
  await emit(ctx, 'user.test', { greeting: 'Hello' });
  // @ts-expect-error: the payload is another
  await emit(ctx, 'user.tested', { name: 'Hello' });
  listen({ 'user.tested': ({ greeting }) => void (greeting satisfies string) });
  // @ts-expect-error: no event has this name
  listen({ 'user.test': () => {} });
}
