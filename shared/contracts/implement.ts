/** Makes Moleculer actions of a contract and plain functions. */
import { Readable } from 'node:stream';
import { type ActionSchema, type Context, Errors } from 'moleculer';
import type Type from 'typebox';
import { RequestError, UnavailableError } from '../errors.ts';
import type { ActionContract, Input, Params, Result, ServiceContract } from './contract.ts';
import { type InputOptions, readInput } from './input.ts';

/** One function for each action of the contract; an action with a streamed result answers what can be iterated. */
export type Handlers<C extends ServiceContract> = {
  [A in keyof C]: (params: Params<C[A]>, ctx: Context, input: Input<C[A]>) => Answer<C[A]>;
};

type Answer<C extends ActionContract> = C extends { readonly streamed: true }
  ? Iterable<Type.Static<C['result']>> | AsyncIterable<Type.Static<C['result']>>
  : Result<C> | Promise<Result<C>>;

/** What a service says of its actions beside their functions. */
export interface ImplementOptions<C extends ServiceContract> extends InputOptions {
  /** Moleculer's own settings, by action. */
  actions?: { [A in keyof C]?: Pick<ActionSchema, 'bulkhead' | 'cache' | 'circuitBreaker'> };
}

/** The actions of a service: the contract's parameters, checked, in front of its functions. */
export function implement<C extends ServiceContract>(
  contract: C,
  handlers: Handlers<C>,
  options: ImplementOptions<C> = {},
): Record<string, ActionSchema> {
  const actions = Object.entries(contract).map(([name, action]): [string, ActionSchema] => {
    const handle = handlers[name] as unknown as Handle;
    const read = action.input && readInput(action.input, options);
    const run = (ctx: Context): unknown => handle(ctx.params, ctx, read?.(ctx.stream));
    const handler = action.streamed
      ? (ctx: Context) => answer(() => Readable.from(translated(run(ctx) as AsyncIterable<unknown>)))
      : (ctx: Context) => answer(() => run(ctx));
    const retryPolicy = { enabled: action.repeatable === true };
    return [name, { params: { ...action.params }, retryPolicy, ...options.actions?.[name], handler }];
  });
  return Object.fromEntries(actions);
}

type Handle = (params: unknown, ctx: Context, input: unknown) => unknown;

async function answer(handle: () => unknown): Promise<unknown> {
  try {
    return await handle();
  } catch (error) {
    throw inMesh(error);
  }
}

async function* translated(items: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw inMesh(error);
  }
}

/** An error of ours in the form that crosses the mesh: there `code` is a number, and our code is the `type`. */
function inMesh(error: unknown): unknown {
  if (error instanceof UnavailableError) {
    const { message, code, stack } = error;
    const translation = new Errors.MoleculerRetryableError(message, 503, code, undefined as never);
    return Object.assign(translation, { cause: error, stack });
  }
  if (!(error instanceof RequestError)) return error;
  const { message, status, code, details, stack } = error;
  const translation = new Errors.MoleculerClientError(message, status, code, details);
  return Object.assign(translation, { cause: error, stack });
}
