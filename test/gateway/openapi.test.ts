/** The description of the API, and the API held against it. */
import test from 'ava';
import fc from 'fast-check';
import type Type from 'typebox';
import { Compile } from 'typebox/schema';
import { resilience } from '#shared/resilience.ts';
import { startGateway } from '../helpers/gateway.ts';
import type { Reply } from '../helpers/requests.ts';
import { anyRequestTo, type Operation, operationsOf } from './openapi-requests.ts';

interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Error: Type.TSchema } };
}

const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };

/** A gateway with a user who is signed in, and its description. */
async function startDescribed(t: Parameters<typeof startGateway>[0]) {
  // Attempts without end, so that more than the limit of them is seen.
  const loginLimit = { account: { burst: 1e6, intervalMs: 1 }, client: { burst: 1e6, intervalMs: 1 } };
  const retryPolicy = { ...resilience.retryPolicy, delay: 1 };
  const gateway = await startGateway(t, { app: { loginLimit, deadlineMs: 20_000 }, broker: { retryPolicy } });
  const { json: user } = await gateway.send('POST', '/users', ada);
  const credentials = { email: ada.email, password: ada.password };
  const { json: login } = await gateway.send('POST', '/users/login', credentials);
  const { json } = await gateway.send('GET', '/openapi.json');
  const description = json as Description;
  return { gateway, description, user: { id: user.id as string, token: login.token as string, credentials } };
}

test('describes every route, with its schemas as they are', async (t) => {
  const { description } = await startDescribed(t);
  t.is(description.openapi, '3.1.0');
  t.deepEqual(
    operationsOf(description.paths)
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
    [
      'DELETE /users/{id}',
      'GET /health/live',
      'GET /health/ready',
      'GET /hello/{name}',
      'GET /hello/{name}/stream',
      'GET /lab/n-plus-one',
      'GET /lab/pool',
      'GET /lab/retry-storm',
      'GET /lab/serial',
      'GET /metrics',
      'GET /openapi.json',
      'GET /user/test',
      'GET /users',
      'GET /users/{id}',
      'PATCH /users/{id}',
      'POST /user/register',
      'POST /users',
      'POST /users/login',
    ],
  );
  const ids = operationsOf(description.paths).map(({ operation }) => operation.operationId);
  t.is(new Set(ids).size, ids.length);
  t.deepEqual(description.paths['/users']?.['get']?.parameters?.[1], {
    name: 'pageSize',
    in: 'query',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  });
  t.deepEqual(description.paths['/users/{id}']?.['delete']?.security, [{ token: [] }]);
  t.deepEqual(Object.keys(description.paths['/users']?.['post']?.responses ?? {}), [
    '201',
    '400',
    '409',
    '413',
    '415',
    '422',
    '500',
    '503',
    '504',
  ]);
});

/** The same requests in every run, others for each route: that some are good and some are bad is not left to chance. */
const FIRST_SEED = 1;

/** What is wrong with a reply, by what its operation promises. */
function problemOf(reply: Reply, operation: Operation, errorSchema: Type.TSchema): string | undefined {
  if (reply.status >= 500) return `answered ${reply.status}`;
  const described = operation.responses[reply.status];
  if (described === undefined) return `status ${reply.status} is not described`;
  for (const name of Object.keys(described.headers ?? {}))
    if (reply.headers[name.toLowerCase()] === undefined) return `the header ${name} is missing`;
  if (described.content === undefined) return reply.text === '' ? undefined : 'a body is not described';
  const [type = '', content] = Object.entries(described.content)[0] ?? [];
  if (!String(reply.headers['content-type']).startsWith(type)) return `is ${reply.headers['content-type']}`;
  const schema = content && '$ref' in content.schema ? errorSchema : (content?.schema ?? {});
  if (type === 'text/plain') return undefined;
  const lines = type === 'application/x-ndjson' ? reply.text.trimEnd().split('\n') : [reply.text];
  return lines.every((line) => Compile(schema).Check(JSON.parse(line)))
    ? undefined
    : 'is not as its schema says';
}

test('whatever is asked is answered as it is described, and never with a fault of ours', async (t) => {
  const { gateway, description, user } = await startDescribed(t);
  const statuses = new Map<string, Set<number>>();
  for (const [index, { method, path, operation }] of [...operationsOf(description.paths)].entries()) {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(anyRequestTo({ path, operation, user }), async ({ target, body, headers }) => {
        const reply = await gateway.send(method, target, body, headers);
        seen.add(reply.status);
        const problem = problemOf(reply, operation, description.components.schemas.Error);
        if (problem !== undefined)
          throw new Error(`${method} ${target} ${problem}: ${reply.text.slice(0, 500)}`);
      }),
      { numRuns: 30, seed: FIRST_SEED + index },
    );
    statuses.set(`${method} ${path}`, seen);
  }
  // That what was asked was good at times, and bad at others.
  for (const [name, seen] of statuses) {
    if (/DELETE/.test(name)) continue; // it succeeds once at most
    t.true(
      [...seen].some((status) => status < 300),
      `${name} never succeeded`,
    );
    if (/[{]|POST|users$|lab/.test(name))
      t.true(
        [...seen].some((status) => status >= 400),
        `${name} never failed`,
      );
  }
});
