/** Makes Moleculer actions of a contract and plain functions. */
import { type ActionSchema, type Context, Errors } from 'moleculer';
import { RequestError } from '../errors.ts';
import type { Params, Result, ServiceContract } from './contract.ts';

/** One function for each action of the contract. */
export type Handlers<C extends ServiceContract> = {
  [A in keyof C]: (params: Params<C[A]>, ctx: Context) => Result<C[A]> | Promise<Result<C[A]>>;
};

/** The actions of a service: the contract's parameters, checked, in front of its functions. */
export function implement<C extends ServiceContract>(
  contract: C,
  handlers: Handlers<C>,
): Record<string, ActionSchema> {
  const actions = Object.entries(contract).map(([name, { params }]): [string, ActionSchema] => {
    const handler = handlers[name] as (params: unknown, ctx: Context) => unknown;
    return [
      name,
      { params: { ...params }, handler: (ctx: Context) => answer(() => handler(ctx.params, ctx)) },
    ];
  });
  return Object.fromEntries(actions);
}

async function answer(handle: () => unknown): Promise<unknown> {
  try {
    return await handle();
  } catch (error) {
    throw error instanceof RequestError ? asMoleculerError(error) : error;
  }
}

/** The error in the form that crosses the mesh: there `code` is a number, and our code is the `type`. */
function asMoleculerError(cause: RequestError): Error {
  const { message, status, code, details, stack } = cause;
  return Object.assign(new Errors.MoleculerClientError(message, status, code, details), { cause, stack });
}
