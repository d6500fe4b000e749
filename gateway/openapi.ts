/** Describes the routes as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), out of the schemas that check them. */
import Type from 'typebox';
import { fields } from '#shared/contracts/contract.ts';
import { type Route, route, type Success } from './route.ts';

/** The body of every answer that is an error. */
export const ErrorAnswer = fields({
  error: fields({
    code: Type.String({ description: 'Stable, for programs' }),
    message: Type.String({ description: 'For people, and may change' }),
    traceId: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{32}$', description: 'The trace of the request' }),
    ),
    details: Type.Optional(Type.Array(fields({ field: Type.String(), message: Type.String() }))),
  }),
});

/** What statuses say here. */
const FAILURES: Readonly<Record<number, string>> = {
  400: 'The path or the body cannot be read',
  401: 'No token, or none that is good; for a login: wrong credentials',
  403: 'Somebody else may do this',
  404: 'There is none',
  409: 'The e-mail address is taken',
  413: 'The body is too large',
  415: 'The body is no JSON',
  422: 'Some fields are not as they must be; `details` names them',
  429: 'There were too many attempts; `Retry-After` says when to try again',
  500: 'A fault of ours',
  503: 'What is needed is not available at the moment',
  504: 'It took too long',
};

/** A description of the routes, and of itself. */
export function describeRoutes(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const each of routes) {
    const path = each.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [each.method.toLowerCase()]: describeRoute(each) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tracemesh',
      version: '1',
      description: 'Every traced answer names its trace in `x-trace-id`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      schemas: { Error: ErrorAnswer },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** `GET /openapi.json`: all routes, and this one. */
export function describedBy(routes: readonly Route[]): readonly Route[] {
  const description = route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'Describes all this, as OpenAPI 3.1',
    access: 'anybody',
    isLocal: true,
    success: { status: 200, description: 'The description', schema: Type.Object({}) },
    failures: [],
    answer: async () => document,
  });
  const all = [...routes, description];
  const document = describeRoutes(all);
  return all;
}

function describeRoute({ summary, access, params, query, body, success, ...rest }: Route): object {
  const { method, path } = rest;
  const statuses = new Set([
    ...rest.failures,
    ...(params ? [400, 422] : []),
    ...(query ? [422] : []),
    ...(body ? [400, 413, 415, 422] : []),
    ...(access === 'self-or-admin' ? [401, 403] : []),
    ...(rest.isLocal ? [] : [500, 503, 504]),
  ]);
  const failures = [...statuses].sort().map((status) => [status, describeFailure(status)]);
  return {
    operationId: operationId(method, path),
    summary,
    ...(access === 'self-or-admin' && { security: [{ token: [] }] }),
    ...((params || query) && {
      parameters: [...describeParameters('path', params), ...describeParameters('query', query)],
    }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { [success.status]: describeSuccess(success), ...Object.fromEntries(failures) },
  };
}

function describeSuccess({ description, schema, type = 'application/json', headers }: Success): object {
  const described = Object.entries(headers ?? {}).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(headers && { headers: Object.fromEntries(described) }),
    ...(schema && { content: { [type]: { schema } } }),
  };
}

function describeFailure(status: number): object {
  const schema = { $ref: '#/components/schemas/Error' };
  return { description: FAILURES[status] ?? '', content: { 'application/json': { schema } } };
}

function describeParameters(place: 'path' | 'query', schema: Type.TObject | undefined): object[] {
  return Object.entries(schema?.properties ?? {}).map(([name, field]) => ({
    name,
    in: place,
    ...(place === 'path' && { required: true }),
    schema: field,
  }));
}

/** `get /users/:id` is `getUsersId`. */
function operationId(method: string, path: string): string {
  const words = path.match(/[a-z]+/gi) ?? [];
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
