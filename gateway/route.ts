/** What a route is: what comes in, what goes out, and who may ask; the router and the API description are made of it. */
import type Type from 'typebox';
import type { Caller } from '#shared/contracts/call.ts';

/** Who may ask: anybody, or only the user whose id is in the path, and admins. */
export type Access = 'anybody' | 'self-or-admin';

/** What a route that succeeds answers. */
export interface Success {
  readonly status: 200 | 201 | 204;
  readonly description: string;
  /** Of the body, or of one line of it; none: there is no body. */
  readonly schema?: Type.TSchema;
  /** @default application/json */
  readonly type?: string;
  /** Headers that come with it, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With a `:name` for each of `params`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: Type.TObject;
  readonly query?: Type.TObject;
  readonly body?: Type.TObject;
  readonly success: Success;
  /** The statuses of what can go wrong, beside that which can go wrong with every route of this kind. */
  readonly failures: readonly number[];
  /** It is answered without the mesh. */
  readonly isLocal?: true;
  /** Milliseconds that all calls of one request may take together. @default the gateway's */
  readonly deadlineMs?: number;
  /** Answers the body of a success, or an {@link Answer} where more than that is to be said. */
  answer(request: RouteRequest): Promise<unknown>;
}

/** A request whose fields are checked. */
export interface RouteRequest<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Calls services in the name of whoever is signed in, within the deadline of this request. */
  readonly mesh: Caller;
  /** Makes a signal for what waits for more than calls: aborted when the client is gone, or the deadline is over. */
  createSignal(): AbortSignal;
  /** The formats that the client would like best. */
  readonly accept: string;
  /** The address of the client. */
  readonly clientAddress: string;
}

/** An answer with more to it than a body. */
export class Answer {
  readonly body: unknown;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: unknown, options: { status?: number; headers?: Readonly<Record<string, string>> } = {}) {
    this.body = body;
    this.status = options.status;
    this.headers = options.headers ?? {};
  }
}

type StaticOf<S> = S extends Type.TObject ? Type.Static<S> : unknown;

/** A route whose function gets what its schemas describe. */
export function route<
  const P extends Type.TObject | undefined = undefined,
  const Q extends Type.TObject | undefined = undefined,
  const B extends Type.TObject | undefined = undefined,
>(
  definition: Omit<Route, 'params' | 'query' | 'body' | 'answer'> & {
    params?: P;
    query?: Q;
    body?: B;
    answer(request: RouteRequest<StaticOf<P>, StaticOf<Q>, StaticOf<B>>): Promise<unknown>;
  },
): Route {
  return definition as unknown as Route;
}
