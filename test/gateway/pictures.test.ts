/**
 * Each route's trace as a picture, statements of the database included: for every answer that the description promises. The
 * lab's are in routes/lab.test.ts, each with its cure.
 */
import test from 'ava';
import { matchTree } from '#shared/tracing/testing.ts';
import { createAuditService } from '../../services/audit/audit.service.ts';
import helloService from '../../services/hello/hello.service.ts';
import { createUsersService } from '../../services/users/users.service.ts';
import { startAvatars } from '../helpers/avatars.ts';
import { createFileOwner } from '../helpers/file-owner.ts';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { until } from '../helpers/until.ts';
import { operationsOf } from './openapi-requests.ts';
import { newUser, type People, type Person, routePictures } from './route-pictures.ts';

const owner = createFileOwner();
let avatars: Awaited<ReturnType<typeof startAvatars>>;
let gateway: TestGateway;
let people: People;

test.before(async () => {
  avatars = await startAvatars(owner);
  const users = createUsersService({ USERS_DB: ':memory:', AVATARS_URL: avatars.url });
  gateway = await startGateway(owner, {
    services: [createAuditService(), helloService, users],
    app: {
      servesLab: false,
      adminEmails: ['admin@example.org'],
      loginLimit: { account: { burst: 1, intervalMs: 60_000 } },
    },
  });
  people = { ada: await signUp('ada'), eve: await signUp('eve'), admin: await signUp('admin') };
});

async function signUp(name: string): Promise<Person> {
  const { email, password } = newUser(name);
  const { headers } = await gateway.send('POST', '/users', newUser(name));
  const { json } = await gateway.send('POST', '/users/login', { email, password });
  return { path: headers.location ?? '', headers: { authorization: `Bearer ${json.token}` } };
}

for (const { answer, when, request, picture } of routePictures)
  test.serial(`${answer}${when === undefined ? '' : `, ${when}`}: its trace`, async (t) => {
    const { status, headers } = await gateway.send(...request(people));
    t.is(status, Number(answer.slice(-3)));
    await until(() => [gateway, avatars].every(({ tracing }) => tracing.stats().unfinished === 0));
    const spans = [...gateway.tracing.spans, ...avatars.tracing.spans];
    matchTree(
      spans.filter(({ traceId }) => traceId === headers['x-trace-id']),
      picture,
    );
  });

/** What every route may answer, and what no request can bring about: any text will do for an id. */
const EVERYWHERE = new Set([400, 413, 415, 500, 503, 504]);
const NEVER = new Set(['DELETE /users/:id 422']);

test.serial('every answer of the description has its picture', async (t) => {
  const { json } = await gateway.send('GET', '/openapi.json');
  const promised = operationsOf(json.paths)
    .filter(({ operation }) => '503' in operation.responses && '504' in operation.responses)
    .flatMap(({ method, path, operation }) =>
      Object.keys(operation.responses)
        .filter((status) => !EVERYWHERE.has(Number(status)))
        .map((status) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')} ${status}`),
    );
  t.true(promised.length > 20);
  t.deepEqual(
    promised.filter((answer) => !NEVER.has(answer)).sort(),
    [...new Set(routePictures.map(({ answer }) => answer))].sort(),
  );
});
