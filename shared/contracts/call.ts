/** Calls an action with its name, parameters and result checked by the compiler. */
import type { CallingOptions } from 'moleculer';
import { auditContract } from './audit.ts';
import type { Params, Result, ServiceContract } from './contract.ts';
import { helloContract } from './hello.ts';
import { labContract } from './lab.ts';
import { usersContract } from './users.ts';

/** The contracts of all services, by the names of the services. */
export const contracts = {
  audit: auditContract,
  hello: helloContract,
  lab: labContract,
  users: usersContract,
} satisfies Record<string, ServiceContract>;

type Contracts = typeof contracts;

/** `hello.greet`, `users.create`, ... */
export type ActionName = {
  [S in keyof Contracts]: `${S}.${keyof Contracts[S] & string}`;
}[keyof Contracts];

type ContractOf<N extends ActionName> = N extends `${infer S extends keyof Contracts}.${infer A}`
  ? A extends keyof Contracts[S]
    ? Contracts[S][A]
    : never
  : never;

/** What the action of this name takes. */
export type ParamsOf<N extends ActionName> = Params<ContractOf<N>>;

/** What the action of this name answers. */
export type ResultOf<N extends ActionName> = Result<ContractOf<N>>;

/** Who can call: a broker, or the context of an action, whose call then belongs to that action's. */
export interface Caller {
  call(action: string, params: unknown, options?: CallingOptions): Promise<unknown>;
}

/**
 * Moleculer's tracking is for executions, for whose end a node that stops has to wait. It counts calls too, and one whose
 * answer never came, as of a node that died, for ever: each later stop would wait in vain, and report a failure.
 */
const UNTRACKED = { tracking: false };

/** Calls an action through a broker or a context. The parameters are checked where they arrive, not here. */
export function call<N extends ActionName>(
  caller: Caller,
  name: N,
  params: ParamsOf<N>,
  options?: CallingOptions,
): Promise<ResultOf<N>> {
  return caller.call(name, params, { ...UNTRACKED, ...options }) as Promise<ResultOf<N>>;
}
